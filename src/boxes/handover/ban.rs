//! Bans, as the front end keeps them, `status` tells them and `unban` lifts them.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::vault::{sha256, to_hex};

/// Nobody logs in from this address, or to this account from it, until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ban {
    /// The address as [`Ban::address_of`] writes it.
    pub address: String,
    /// The account that was tried; none where the whole address is banned.
    pub account: Option<String>,
    /// Failed logins that led to it.
    pub failures: u32,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
}

impl Ban {
    /// An address as bans name it: an IPv6 one by the /64 that one subscriber has, one that only wraps an
    /// IPv4 address as that.
    pub fn address_of(address: IpAddr) -> String {
        match address.to_canonical() {
            IpAddr::V4(four) => four.to_string(),
            IpAddr::V6(six) => {
                let [a, b, c, d, ..] = six.segments();
                format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }

    /// The name of its file: the same for the same address and account.
    pub(super) fn file(&self) -> String {
        let account = self
            .account
            .as_deref()
            .map_or("-".to_owned(), |a| format!("+{a}"));
        let hash = to_hex(&sha256(format!("{}\n{account}", self.address).as_bytes()));
        format!("{}{BAN}", hash.get(..32).unwrap_or(&hash))
    }
}

/// How the names of bans end.
pub(super) const BAN: &str = ".ban";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_named_as_what_one_subscriber_has() {
        for (address, named) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(Ban::address_of(address.parse().unwrap()), named);
        }
    }
}
