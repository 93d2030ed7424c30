//! Receipts, as they will be or were seen in `receipts/`: committed here first, published after (spec 9).
//! Names and texts are sealed together.

use std::fmt;

use rusqlite::Row;
use time::OffsetDateTime;

use super::{
    LedgerError,
    access::{Tx, View},
    columns::{At, Whole},
    encoding::{Reader, Writer},
};
use crate::{
    domain::ids::SchoolId,
    vault::{Place, Vault},
};

/// One receipt: its three files and where they belong.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredReceipt {
    /// `S000123`, `R000045`, `D000003`.
    pub subject: String,
    /// What tells receipts under one id apart: empty for the first, `released`, `reminder-1`.
    pub suffix: String,
    /// Whose box.
    pub school: SchoolId,
    /// When it was written.
    pub at: OffsetDateTime,
    /// The file name before `.receipt.json`.
    pub stem: String,
    /// What machines read.
    pub json: Vec<u8>,
    /// The signature on it.
    pub sig: Vec<u8>,
    /// What people read.
    pub txt: Vec<u8>,
    /// A file that belongs to it, encrypted to the school.
    pub enclosure: Option<Enclosure>,
}

/// A file that lies beside a receipt.
#[derive(Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Its whole name.
    pub name: String,
    /// Its bytes, encrypted.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Enclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Enclosure({} bytes)", self.bytes.len())
    }
}

impl fmt::Debug for StoredReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredReceipt({} {}, …)", self.subject, self.suffix)
    }
}

/// A receipt's place in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptId(pub(super) u64);

/// Whether a receipt is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Put {
    /// Kept now.
    New(ReceiptId),
    /// One under this subject and suffix was kept before and stays: it may have been seen.
    Earlier(ReceiptId),
}

impl Put {
    /// The place, new or not.
    pub fn id(self) -> ReceiptId {
        match self {
            Self::New(id) | Self::Earlier(id) => id,
        }
    }
}

impl Tx<'_> {
    /// Keeps a receipt that is not published yet, once for its subject and suffix.
    pub fn put_receipt(&self, receipt: &StoredReceipt) -> Result<Put, LedgerError> {
        let key = (&receipt.subject, &receipt.suffix);
        let earlier = self.one(
            "SELECT id FROM receipt WHERE subject = ?1 AND suffix = ?2",
            key,
            |row| Ok(ReceiptId(row.get::<_, Whole>(0)?.0)),
        )?;
        if let Some(id) = earlier {
            return Ok(Put::Earlier(id));
        }
        let id = ReceiptId(self.next_row("receipt")?);
        self.run(
            "INSERT INTO receipt (id, subject, suffix, school, published, at, sealed)
             VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6)",
            (
                Whole(id.0),
                &receipt.subject,
                &receipt.suffix,
                receipt.school,
                At(receipt.at),
                seal(self.vault(), id, receipt),
            ),
        )?;
        Ok(Put::New(id))
    }

    /// These can be seen in the box.
    pub fn receipts_published(&self, ids: &[ReceiptId]) -> Result<(), LedgerError> {
        for ReceiptId(id) in ids {
            self.run(
                "UPDATE receipt SET published = 1 WHERE id = ?1",
                [Whole(*id)],
            )?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// Receipts whose time is not over, and whether each lies in its box.
    pub fn kept_receipts<E: From<LedgerError>>(
        &self,
        mut each: impl FnMut(ReceiptId, bool, StoredReceipt) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(
            "SELECT id, subject, suffix, school, sealed, at, published FROM receipt
             WHERE published < 2 ORDER BY id",
            [],
            |row| {
                let (id, receipt) = self.read_receipt(row)?;
                let published = row.get::<_, i64>(6).map_err(LedgerError::from)? == 1;
                each(id, published, receipt)
            },
        )
    }

    /// Receipts that nobody can see yet, in the order in which they were written, at most so many. That of an
    /// upload is not among them while a file may lie in its school's outbox that was made, or looked at last,
    /// before the school's consents changed: a withdrawal has its answer when the file is gone.
    pub fn unpublished_receipts(
        &self,
        limit: u32,
    ) -> Result<Vec<(ReceiptId, StoredReceipt)>, LedgerError> {
        self.all(
            "SELECT id, subject, suffix, school, sealed, at FROM receipt
             WHERE published = 0 AND NOT (subject LIKE 'S%' AND (
               EXISTS (SELECT 1 FROM release JOIN school ON school.id = release.school
                 WHERE release.school = receipt.school AND release.state = 'published'
                   AND release.revision <> school.revision)
               OR EXISTS (SELECT 1 FROM release JOIN school ON school.id = release.school
                 WHERE release.school = receipt.school AND release.state IN ('planned', 'sealed')
                   AND release.revision <> school.revision)))
             ORDER BY id LIMIT ?1",
            [limit],
            |row| self.read_receipt(row),
        )
    }

    /// The receipt under this subject and suffix, unless its time is over.
    pub fn receipt(
        &self,
        subject: &str,
        suffix: &str,
    ) -> Result<Option<(ReceiptId, StoredReceipt)>, LedgerError> {
        self.one(
            "SELECT id, subject, suffix, school, sealed, at FROM receipt
             WHERE subject = ?1 AND suffix = ?2 AND published < 2",
            (subject, suffix),
            |row| self.read_receipt(row),
        )
    }

    pub(super) fn read_receipt(
        &self,
        row: &Row<'_>,
    ) -> Result<(ReceiptId, StoredReceipt), LedgerError> {
        let id = ReceiptId(row.get::<_, Whole>(0)?.0);
        let (subject, suffix) = (row.get::<_, String>(1)?, row.get::<_, String>(2)?);
        let school: SchoolId = row.get(3)?;
        let place = place(id);
        let sealed = row.get_ref(4)?.as_blob().unwrap_or_default();
        let opened = self.vault().open(place, sealed)?;
        let mut receipt = read(&opened).ok_or(LedgerError::unreadable(place))?;
        if let Some(At(at)) = row.get(5)? {
            receipt.at = at;
        }
        if (&receipt.subject, &receipt.suffix, receipt.school) == (&subject, &suffix, school) {
            Ok((id, receipt))
        } else {
            Err(LedgerError::tampered(place))
        }
    }
}

fn seal(vault: &Vault, id: ReceiptId, receipt: &StoredReceipt) -> Vec<u8> {
    let enclosed = receipt.enclosure.as_ref().map_or(0, |e| e.bytes.len());
    let room = receipt.json.len() + receipt.sig.len() + receipt.txt.len() + enclosed + 256;
    let mut row = Writer::new(FORM, room);
    row.text(&receipt.subject).text(&receipt.suffix);
    row.u32(receipt.school.number()).text(&receipt.stem);
    row.bytes(&receipt.json)
        .bytes(&receipt.sig)
        .bytes(&receipt.txt);
    row.maybe(receipt.enclosure.as_ref(), |row, enclosure| {
        row.text(&enclosure.name).bytes(&enclosure.bytes)
    });
    vault.seal(place(id), row.as_slice())
}

fn read(bytes: &[u8]) -> Option<StoredReceipt> {
    // The first form had no enclosures.
    let (mut row, encloses) = match Reader::new(bytes, FORM) {
        Some(row) => (row, true),
        None => (Reader::new(bytes, FIRST_FORM)?, false),
    };
    let receipt = StoredReceipt {
        subject: row.text()?.to_owned(),
        suffix: row.text()?.to_owned(),
        school: SchoolId::from_number(row.u32()?).ok()?,
        at: OffsetDateTime::UNIX_EPOCH,
        stem: row.text()?.to_owned(),
        json: row.bytes()?.to_vec(),
        sig: row.bytes()?.to_vec(),
        txt: row.bytes()?.to_vec(),
        enclosure: if encloses {
            row.maybe(read_enclosure)?
        } else {
            None
        },
    };
    row.end(receipt)
}

fn read_enclosure(row: &mut Reader<'_>) -> Option<Enclosure> {
    Some(Enclosure {
        name: row.text()?.to_owned(),
        bytes: row.bytes()?.to_vec(),
    })
}

fn place(id: ReceiptId) -> Place {
    Place {
        table: "receipt",
        row: id.0,
    }
}

/// The versions of the sealed form.
const FORM: u8 = 2;
const FIRST_FORM: u8 = 1;
