//! What the server offers: post-quantum key exchange first, no SHA-1, no CBC, no compression, and a version
//! string that tells no library (spec 8).

use std::{borrow::Cow, time::Duration};

use russh::{
    Limits, MethodKind, MethodSet, Preferred, SshId, cipher, compression, kex,
    keys::{Algorithm, EcdsaCurve, HashAlg},
    mac,
    server::Config,
};

use super::host_key::HostKey;
use crate::config::{KeyExchange, Sftp};

/// russh's settings.
pub(super) fn config(settings: &Sftp, host_key: HostKey) -> Config {
    let rekey = usize::try_from(settings.rekey_bytes).unwrap_or(MOST_UNDER_ONE_KEY);
    Config {
        server_id: SshId::Standard(Cow::Borrowed(SERVER_ID)),
        methods: MethodSet::from([MethodKind::PublicKey].as_slice()),
        auth_rejection_time: REJECTION_TIME,
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![host_key.into_inner()],
        limits: Limits {
            rekey_write_limit: rekey.min(MOST_UNDER_ONE_KEY),
            rekey_read_limit: rekey.min(MOST_UNDER_ONE_KEY),
            rekey_time_limit: settings.rekey_time,
        },
        preferred: preferred(settings.key_exchange),
        max_auth_attempts: MOST_TRIES,
        // Timers that a client can't keep alive by answering are our own.
        inactivity_timeout: None,
        keepalive_interval: None,
        nodelay: true,
        ..Config::default()
    }
}

fn preferred(key_exchange: KeyExchange) -> Preferred {
    let exchanges = match key_exchange {
        KeyExchange::Default => HYBRIDS_FIRST,
        KeyExchange::PostQuantumOnly => HYBRIDS_ONLY,
    };
    Preferred {
        kex: Cow::Borrowed(exchanges),
        key: Cow::Borrowed(KEYS),
        host_key_certificates: Cow::Borrowed(&[]),
        cipher: Cow::Borrowed(CIPHERS),
        mac: Cow::Borrowed(MACS),
        compression: Cow::Borrowed(COMPRESSIONS),
    }
}

const SERVER_ID: &str = "SSH-2.0-Pillarbox";
/// How long a refusal takes, whatever it was about: longer than any look-up.
const REJECTION_TIME: Duration = Duration::from_millis(50);
/// Keys that a client may offer: an agent may hold a few.
const MOST_TRIES: usize = 20;
/// In bytes (RFC 4253, section 9).
const MOST_UNDER_ONE_KEY: usize = 1 << 30;

const HYBRIDS_FIRST: &[kex::Name] = &[
    kex::MLKEM768X25519_SHA256,
    kex::CURVE25519,
    kex::CURVE25519_PRE_RFC_8731,
    kex::EXTENSION_SUPPORT_AS_SERVER,
    kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
];
const HYBRIDS_ONLY: &[kex::Name] = &[
    kex::MLKEM768X25519_SHA256,
    kex::EXTENSION_SUPPORT_AS_SERVER,
    kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
];
/// The host key's kind, and what clients may sign with.
const KEYS: &[Algorithm] = &[
    Algorithm::Ed25519,
    Algorithm::Rsa {
        hash: Some(HashAlg::Sha512),
    },
    Algorithm::Rsa {
        hash: Some(HashAlg::Sha256),
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP256,
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP384,
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP521,
    },
    Algorithm::SkEd25519,
    Algorithm::SkEcdsaSha2NistP256,
];
const CIPHERS: &[cipher::Name] = &[
    cipher::AES_256_GCM,
    cipher::AES_128_GCM,
    cipher::CHACHA20_POLY1305,
    cipher::AES_256_CTR,
];
const MACS: &[mac::Name] = &[mac::HMAC_SHA512_ETM, mac::HMAC_SHA256_ETM];
const COMPRESSIONS: &[compression::Name] = &[compression::NONE];
