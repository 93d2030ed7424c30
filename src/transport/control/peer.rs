//! Who is at the other end of the control socket: the kernel tells the user, `/etc/passwd` the name.

use std::{fmt, fs, os::unix::net::UnixStream};

/// The user who sent a command. Prints as the trail's actor: `alex (uid 1000)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The user's number.
    pub uid: u32,
    /// The user's login, where the machine's own list tells it.
    pub name: Option<String>,
}

impl Peer {
    /// The process's own user, for commands that open the ledger themselves.
    pub fn own() -> Self {
        Self::of(rustix::process::getuid().as_raw())
    }

    pub(super) fn at(stream: &UnixStream) -> rustix::io::Result<Self> {
        let peer = rustix::net::sockopt::socket_peercred(stream)?;
        Ok(Self::of(peer.uid.as_raw()))
    }

    fn of(uid: u32) -> Self {
        let users = fs::read_to_string(USERS).unwrap_or_default();
        Self {
            uid,
            name: name_of(&users, uid),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} (uid {})", self.uid),
            None => write!(f, "uid {}", self.uid),
        }
    }
}

/// Lines are `name:password:uid:…`. A name that isn't plain is not told: it goes into the trail.
fn name_of(users: &str, uid: u32) -> Option<String> {
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
    })?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-@$".contains(c);
    (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
}

/// The machine's own list of users.
const USERS: &str = "/etc/passwd";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_told_by_name_where_there_is_one() {
        let users = "root:x:0:0::/root:/bin/sh\n\nalex:x:1000:1000:Alex:/home:/bin/sh\nb d:x:7:7\n";
        assert_eq!(name_of(users, 1000).as_deref(), Some("alex"));
        assert_eq!(name_of(users, 0).as_deref(), Some("root"));
        assert_eq!(name_of(users, 7), None);
        assert_eq!(name_of(users, 8), None);
        let peer = |name: Option<&str>| Peer {
            uid: 1000,
            name: name.map(str::to_owned),
        };
        assert_eq!(peer(Some("alex")).to_string(), "alex (uid 1000)");
        assert_eq!(peer(None).to_string(), "uid 1000");
    }
}
