//! Copying: an upload is read while it stays the same, and a sealed copy of it put into the spool, many at
//! once. What lingers and was only touched is told from what is new.

use time::OffsetDateTime;

use super::{
    FlowError,
    arrivals::Arrival,
    house::House,
    lingering::{Lingering, LingeringFiles, LingeringKey, file_stat},
    upload::{Body, Upload},
};
use crate::{
    boxes::{Boxes, Entry, EntryKind, Folder, ReadOutcome, Spool, Tray},
    domain::{ids::SubmissionId, problem::ProblemCode},
    ledger::FileStat,
    reading::kind_of,
    vault::{LookupKind, Place, Vault, sha256, to_hex},
};

/// What an arrival turned out to be.
pub(super) enum Turned {
    New(Upload),
    Touched(LingeringKey, FileStat),
    NotNow,
}

/// What reading an upload takes, without the ledger: many are read at once.
pub(super) struct ReadingDesk<'a> {
    boxes: &'a Boxes,
    spool: &'a Spool,
    vault: &'a Vault,
    lingering: &'a LingeringFiles,
    max_bytes: u64,
}

impl<'a> ReadingDesk<'a> {
    pub(super) fn of(house: &'a House) -> Self {
        Self {
            boxes: &house.boxes,
            spool: &house.spool,
            vault: &house.vault,
            lingering: &house.lingering,
            max_bytes: house.settings.intake.max_bytes,
        }
    }

    pub(super) fn read(&self, arrival: Arrival) -> Result<Turned, FlowError> {
        let Arrival { school, entry } = arrival;
        let inbox = self.boxes.tray(school.id, Tray::Inbox)?;
        let Some((body, sha256)) = self.body(&inbox, &entry)? else {
            return Ok(Turned::NotNow);
        };
        let key = (school.id, entry.stat.dev, entry.stat.ino);
        let kind = kind_of(&entry.name.to_string_lossy()).kind;
        if self
            .lingering
            .get(&key)
            .is_some_and(|taken| taken.is(kind, &sha256))
        {
            return Ok(Turned::Touched(key, file_stat(&entry.stat)));
        }
        let upload = Upload {
            school,
            name: entry.name.to_string_lossy().into_owned(),
            raw_name: entry.name.clone(),
            stat: file_stat(&entry.stat),
            size: if entry.kind == EntryKind::File {
                entry.stat.size
            } else {
                0
            },
            sha256,
            body,
        };
        if let Some(bytes) = upload.body.bytes() {
            self.spool.put(
                &upload.spool_key(self.vault),
                &self.vault.seal(SPOOL, bytes),
            )?;
        }
        Ok(Turned::New(upload))
    }

    /// Reads what can be read; nothing where the file changed meanwhile and is for the next pass.
    fn body(&self, inbox: &Folder, entry: &Entry) -> Result<Option<(Body, [u8; 32])>, FlowError> {
        let unread = |code, hash| Some((Body::Unread(code), hash));
        if entry.kind != EntryKind::File {
            return Ok(unread(ProblemCode::FileTypeUnknown, sha256(&[])));
        }
        if entry.stat.size > LONGEST_HASHED {
            return Ok(unread(ProblemCode::FileTooLarge, sha256(&[])));
        }
        if entry.stat.size > self.max_bytes {
            let hash = inbox.hash_unchanged(entry)?;
            return Ok(hash.and_then(|hash| unread(ProblemCode::FileTooLarge, hash)));
        }
        Ok(match inbox.read_unchanged(entry, self.max_bytes)? {
            ReadOutcome::Whole(bytes) => {
                let hash = sha256(&bytes);
                Some((Body::Bytes(bytes), hash))
            }
            ReadOutcome::Forbidden => unread(ProblemCode::FileUnreadable, sha256(&[])),
            ReadOutcome::TooLarge
            | ReadOutcome::Changed
            | ReadOutcome::Gone
            | ReadOutcome::NotAFile => None,
        })
    }
}

impl Upload {
    /// The name of the sealed copy, which is the identity of the upload: the same file found again
    /// after a crash is the same upload.
    pub(super) fn spool_key(&self, vault: &Vault) -> String {
        to_hex(&self.identity(vault))
    }

    /// Where it lies, whatever its name.
    pub(super) fn key(&self) -> LingeringKey {
        (self.school.id, self.stat.dev, self.stat.ino)
    }

    pub(super) fn lingering(&self, id: SubmissionId) -> Lingering {
        Lingering {
            id,
            school: self.school.id,
            kind: kind_of(&self.name).kind,
            sha256: self.sha256,
            stat: self.stat,
            since: OffsetDateTime::now_utc(),
        }
    }

    pub(super) fn identity(&self, vault: &Vault) -> [u8; 16] {
        let stat = &self.stat;
        let parts: [&[u8]; 4] = [
            &stat.dev.to_le_bytes(),
            &stat.ino.to_le_bytes(),
            &stat.ctime_ns.to_le_bytes(),
            &self.sha256,
        ];
        vault
            .lookup(LookupKind::Upload, self.school.id.number(), &parts)
            .0
    }
}

/// What the spool's sealed copies are bound to: their names are random, so the place is the room.
pub(super) const SPOOL: Place = Place {
    table: "spool",
    row: 0,
};
/// The largest file that is hashed for its receipt alone: a sparse one can pretend to any size.
const LONGEST_HASHED: u64 = 256 << 20;
