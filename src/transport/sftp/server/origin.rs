//! Where a connection comes from, as limits and bans see it: one subscriber has an address of IPv4, or a
//! /64 of IPv6.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use crate::boxes::handover::Ban;

/// An address, or a /64.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Origin(IpAddr);

impl Origin {
    /// Where this address belongs. One of IPv4 in the clothes of IPv6 is one of IPv4.
    pub(super) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(four) => IpAddr::V4(four),
            IpAddr::V6(six) => {
                let [a, b, c, d, ..] = six.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        })
    }

    /// Reads what a ban names.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let address = text.strip_suffix("/64").unwrap_or(text);
        address.parse().ok().map(Self::of)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Ban::address_of(self.0))
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Origin {
        Origin::of(text.parse().unwrap())
    }

    #[test]
    fn a_subscriber_is_one_origin() {
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }

    #[test]
    fn what_is_shown_reads_back() {
        for text in ["192.0.2.7", "2001:db8:1:2::/64", "::/64"] {
            let origin = Origin::parse(text).unwrap();
            assert_eq!(origin.to_string(), text);
        }
        assert_eq!(Origin::parse("somewhere"), None);
    }
}
