//! What to do by hand where a key is a systemd credential: the service can't write those, and does not
//! pretend to.

use super::command::KeyName;
use crate::{
    config::{KeyFile, KeyPlace},
    flow::{command::Reply, house::House},
};

/// The answer where a key can't be changed from here, with every step to take instead.
pub(super) fn by_hand(house: &House, name: KeyName) -> Option<Reply> {
    let place = name
        .file()
        .place(house.credentials.as_deref(), &house.folders.keys);
    matches!(place, KeyPlace::Credential(_)).then(|| Reply::Refused {
        why: format!(
            "{} is a systemd credential, which this service can read and not write",
            name.file()
        ),
        next: steps(name),
    })
}

/// The steps, as typed by root.
pub(super) fn steps(name: KeyName) -> String {
    let file = name.file().file_name();
    let store = format!("/etc/credstore.encrypted/{file}");
    let filter = |what: &str| {
        format!(
            "umask 077\n  \
             systemd-creds decrypt --name={file} {store} - | pillarbox keys renew {what} > /run/{file}.new\n  \
             systemd-creds encrypt --name={file} /run/{file}.new {store}\n  \
             shred -u /run/{file}.new\n  \
             systemctl restart pillarbox"
        )
    };
    match name {
        KeyName::Receipts => format!(
            "as root:\n  umask 077\n  \
             ssh-keygen -q -t ed25519 -N '' -C 'pillarbox receipts' -f /run/{file}.new\n  \
             systemd-creds encrypt --name={file} /run/{file}.new {store}\n  \
             shred -u /run/{file}.new; rm /run/{file}.new.pub\n  \
             systemctl restart pillarbox\n\
             At its start it finds the new key, writes allowed_signers and says so in the trail."
        ),
        KeyName::Host => "as root, with the day from which it is to serve:\n  umask 077\n  \
             ssh-keygen -q -t ed25519 -N '' -C 'pillarbox host key from YYYY-MM-DD' -f /run/host.next\n  \
             systemd-creds encrypt --name=host.next /run/host.next /etc/credstore.encrypted/host.next\n  \
             shred -u /run/host.next; rm /run/host.next.pub\n  \
             add LoadCredentialEncrypted=host.next to pillarbox.service and pillarbox-sftp.service\n  \
             systemctl daemon-reload; systemctl restart pillarbox pillarbox-sftp\n\
             It is announced to schools at once and serves from that day on; later, make it the credential `host`."
            .to_owned(),
        KeyName::Intake => format!(
            "as root:\n  {}\n\
             The old key opens on; after 90 days: the same with `keys renew intake --drop`.",
            filter("intake")
        ),
        KeyName::Ledger => format!(
            "as root:\n  {}\n\
             What lies there is sealed anew from then on; `pillarbox keys list` says when that is over. \
             Then the same with `keys renew ledger --drop`.",
            filter("ledger")
        ),
    }
}

impl KeyName {
    /// Where it is kept.
    pub(super) fn file(self) -> KeyFile {
        match self {
            Self::Receipts => KeyFile::Receipts,
            Self::Host => KeyFile::Host,
            Self::Intake => KeyFile::Intake,
            Self::Ledger => KeyFile::Ledger,
        }
    }
}
