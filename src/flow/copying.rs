//! Copying: an upload is read while it stays the same, and a sealed copy of it put into the spool, many at
//! once. What lingers and was only touched is told from what is new.

use std::sync::Arc;

use time::OffsetDateTime;

use super::{
    FlowError,
    arrivals::{Arrival, Origin},
    front_end::handed_over,
    house::House,
    lingering::{Lingering, LingeringFiles, LingeringKey, file_stat},
    sealed_copy::{self, Label},
    upload::{Body, Upload},
};
use crate::{
    boxes::{
        Boxes, Entry, EntryKind, Folder, ReadOutcome, Spool, Tray,
        handover::{Ending, Front, Slip, UploadId},
    },
    domain::{ids::SubmissionId, problem::ProblemCode, school::School},
    ledger::FileStat,
    reading::kind_of,
    vault::{LookupKind, Vault, sha256, to_hex},
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
    front: &'a Front,
    spool: &'a Spool,
    vault: &'a Vault,
    lingering: &'a LingeringFiles,
    max_bytes: u64,
    now: OffsetDateTime,
}

impl<'a> ReadingDesk<'a> {
    pub(super) fn of(house: &'a House) -> Self {
        Self {
            boxes: &house.boxes,
            front: &house.front,
            spool: &house.spool,
            vault: &house.vault,
            lingering: &house.lingering,
            max_bytes: house.settings.intake.max_bytes,
            now: house.now(),
        }
    }

    pub(super) fn read(&self, arrival: Arrival) -> Result<Turned, FlowError> {
        let Arrival {
            school,
            entry,
            origin,
        } = arrival;
        match origin {
            Origin::Inbox => self.read_inbox(school, &entry),
            Origin::HandedOver(id, slip) => self.read_handed_over(school, &entry, id, slip),
        }
    }

    fn read_inbox(&self, school: Arc<School>, entry: &Entry) -> Result<Turned, FlowError> {
        let inbox = self.boxes.tray(school.id, Tray::Inbox)?;
        let Some((body, sha256)) = self.body(&inbox, entry)? else {
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
            by: None,
            handed_over: None,
        };
        self.keep(upload)
    }

    /// What did not arrive whole is hashed for its receipt, and nothing of it is kept.
    fn read_handed_over(
        &self,
        school: Arc<School>,
        entry: &Entry,
        id: UploadId,
        slip: Slip,
    ) -> Result<Turned, FlowError> {
        let Some(front) = self.front.school_if_there(school.id)? else {
            return Ok(Turned::NotNow);
        };
        let read = match slip.ending {
            Ending::Complete => self.body(front.folder(), entry)?,
            Ending::CutShort | Ending::Abandoned => {
                unread(front.folder(), entry, ProblemCode::FileIncomplete)?
            }
            Ending::TooLarge => unread(front.folder(), entry, ProblemCode::FileTooLarge)?,
        };
        let Some((body, sha256)) = read else {
            return Ok(Turned::NotNow);
        };
        self.keep(Upload {
            school,
            name: slip.name.to_string_lossy().into_owned(),
            raw_name: slip.name,
            stat: file_stat(&entry.stat),
            size: entry.stat.size,
            sha256,
            body,
            by: Some(slip.by),
            handed_over: Some(id),
        })
    }

    /// Puts a sealed copy into the spool.
    fn keep(&self, upload: Upload) -> Result<Turned, FlowError> {
        if let Some(bytes) = upload.body.bytes() {
            let label = Label::new(
                upload.school.id,
                &upload.raw_name,
                upload.by.clone(),
                self.now,
            );
            let sealed = sealed_copy::seal(self.vault, &label, bytes);
            self.spool.put(&upload.spool_key(self.vault), &sealed)?;
        }
        Ok(Turned::New(upload))
    }

    /// Reads what can be read; nothing where the file changed meanwhile and is for the next pass.
    fn body(&self, inbox: &Folder, entry: &Entry) -> Result<Option<(Body, [u8; 32])>, FlowError> {
        let nothing = |code| Some((Body::Unread(code), sha256(&[])));
        if entry.kind != EntryKind::File {
            return Ok(nothing(ProblemCode::FileTypeUnknown));
        }
        if entry.stat.size > self.max_bytes {
            return unread(inbox, entry, ProblemCode::FileTooLarge);
        }
        Ok(match inbox.read_unchanged(entry, self.max_bytes)? {
            ReadOutcome::Whole(bytes) => {
                let hash = sha256(&bytes);
                Some((Body::Bytes(bytes), hash))
            }
            ReadOutcome::Forbidden => nothing(ProblemCode::FileUnreadable),
            ReadOutcome::TooLarge
            | ReadOutcome::Changed
            | ReadOutcome::Gone
            | ReadOutcome::NotAFile => None,
        })
    }
}

/// A file of which only the hash is taken; nothing where it changed meanwhile.
fn unread(
    folder: &Folder,
    entry: &Entry,
    code: ProblemCode,
) -> Result<Option<(Body, [u8; 32])>, FlowError> {
    let hash = if entry.stat.size > LONGEST_HASHED {
        Some(sha256(&[]))
    } else {
        folder.hash_unchanged(entry)?
    };
    Ok(hash.map(|hash| (Body::Unread(code), hash)))
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
        if let Some(id) = &self.handed_over {
            return handed_over::identity(vault, self.school.id, id);
        }
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

/// The largest file that is hashed for its receipt alone: a sparse one can pretend to any size.
const LONGEST_HASHED: u64 = 256 << 20;
