//! The settings of the SFTP front end (`[sftp]`), typed: what it listens on, and every limit that it
//! holds strangers, schools and itself to (spec 8). How they are held is for the front end to know.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// `[sftp]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sftp {
    /// Address and port.
    pub listen: SocketAddr,
    /// The name under which schools reach it, as `school welcome` tells it.
    pub host: Option<String>,
    /// Whether `pillarbox run` serves it; else `pillarbox sftp` does, as a user of its own.
    pub in_daemon: bool,
    /// Which key exchanges are offered.
    pub key_exchange: KeyExchange,
    /// From connecting to being logged in.
    pub login_grace: Duration,
    /// A session without an SFTP request for so long is ended; SSH's keepalives are no requests.
    pub idle: Duration,
    /// Connections that have not logged in, in all.
    pub max_unauthenticated: usize,
    /// The same from one address (for IPv6: from one /64).
    pub max_unauthenticated_per_address: usize,
    /// Sessions in all.
    pub max_sessions: usize,
    /// Sessions of one school.
    pub max_sessions_per_school: usize,
    /// Sessions from one address.
    pub max_sessions_per_address: usize,
    /// Files and listings that one session has open.
    pub max_handles: usize,
    /// Failed logins of one account from one address, before it is banned.
    pub max_failed_logins: u32,
    /// The time within which they count together.
    pub failed_logins_within: Duration,
    /// How long a ban lasts.
    pub ban: Duration,
    /// Bytes of uploads that wait in one school's inbox, unfinished ones included.
    pub box_quota: u64,
    /// Files in one inbox.
    pub max_files: usize,
    /// How long a file under a temporary name may be left alone before it goes.
    pub unfinished: Duration,
    /// The largest file that the council's analysts put into `extracts/`, in bytes.
    pub max_extract: u64,
    /// Bytes in one direction after which the keys are exchanged anew.
    pub rekey_bytes: u64,
    /// Time after which they are.
    pub rekey_time: Duration,
    /// Free bytes on the disk below which uploads are refused.
    pub spare_disk: u64,
}

/// `sftp.key_exchange`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyExchange {
    /// Post-quantum hybrids first, then curve25519.
    #[default]
    Default,
    /// Hybrids only.
    PostQuantumOnly,
}

impl Default for Sftp {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 2022),
            host: None,
            in_daemon: true,
            key_exchange: KeyExchange::Default,
            login_grace: Duration::from_secs(20),
            idle: Duration::from_mins(10),
            max_unauthenticated: 256,
            max_unauthenticated_per_address: 128,
            max_sessions: 1000,
            max_sessions_per_school: 100,
            max_sessions_per_address: 500,
            max_handles: 32,
            max_failed_logins: 10,
            failed_logins_within: Duration::from_mins(10),
            ban: Duration::from_mins(15),
            box_quota: 256 << 20,
            max_files: 1000,
            unfinished: Duration::from_hours(1),
            max_extract: 2 << 30,
            rekey_bytes: 1 << 30,
            rekey_time: Duration::from_hours(1),
            spare_disk: 512 << 20,
        }
    }
}
