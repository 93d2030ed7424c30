//! Ties by hand: which record of the extract an analyst says is a pupil's. Who the record is about is
//! sealed; the mark that names it is a keyed hash of that.

use rusqlite::{Params, Row};
use time::OffsetDateTime;

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx, View},
    columns::At,
    encoding::{Reader, Writer},
    extracts::ExtractId,
};
use crate::{
    domain::{
        destination::SchoolMention,
        identifiers::{Uln, Upn},
        ids::{PupilId, RecordMark, SchoolId},
        names::Name,
    },
    policy::matching::{RecordIdentity, Tie},
    vault::{Lookup, LookupKind, Place, Vault},
};

/// A tie on record. It is in force as long as the consent has this version and the extract this record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTie {
    /// The school that collected the consent.
    pub school: SchoolId,
    /// Whose consent.
    pub pupil: PupilId,
    /// The version of the consent that the analyst saw.
    pub version: u32,
    /// When it was made.
    pub made_at: OffsetDateTime,
    /// To which record.
    pub tie: Tie,
}

/// By which an analyst names this record.
pub fn mark_of(vault: &Vault, record: &RecordIdentity) -> RecordMark {
    let mut row = Writer::new(FORM, ROOM);
    write_record(&mut row, record);
    let Lookup(hash) = vault.lookup(LookupKind::Record, COUNCIL, &[row.as_slice()]);
    let mut mark = [0; 8];
    mark.copy_from_slice(hash.split_at(8).0);
    RecordMark(mark)
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT school, pupil, version, made_at, sealed FROM tie ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Keeps a tie, in the place of an earlier one of that pupil, and counts a change of the school's
    /// consents. `seen_in` is the extract that has the record.
    pub fn tie(&self, kept: &KeptTie, seen_in: ExtractId) -> Result<(), LedgerError> {
        let mut row = Writer::new(FORM, ROOM);
        row.u32(kept.school.number()).u32(kept.version);
        write_record(&mut row, &kept.tie.record);
        self.run(
            "INSERT INTO tie (school, pupil, version, made_at, seen_in, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET version = excluded.version, made_at = excluded.made_at,
               seen_in = excluded.seen_in, sealed = excluded.sealed",
            (
                kept.school,
                kept.pupil,
                kept.version,
                At(kept.made_at),
                seen_in,
                self.vault().seal(place(kept.pupil), row.as_slice()),
            ),
        )?;
        self.bump_revision(kept.school)
    }

    /// Ends a tie; tells whether there was one. Where there was, that counts as a change of the school's
    /// consents, so that files that rest on it are looked at again.
    pub fn untie(&self, school: SchoolId, pupil: PupilId) -> Result<bool, LedgerError> {
        let ended = self.run(
            "DELETE FROM tie WHERE school = ?1 AND pupil = ?2",
            (school, pupil),
        )?;
        if ended > 0 {
            self.bump_revision(school)?;
        }
        Ok(ended > 0)
    }

    /// Every record that a consent is tied to was seen in this extract.
    pub fn ties_seen(&self, extract: ExtractId) -> Result<(), LedgerError> {
        self.run("UPDATE tie SET seen_in = ?1", [extract])?;
        Ok(())
    }

    /// What tells the records' schools is about to change: all must be looked for again.
    pub fn ties_unseen(&self) -> Result<(), LedgerError> {
        self.run("UPDATE tie SET seen_in = NULL", [])?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// Whether anybody at this school is tied to a record.
    pub fn has_ties(&self, school: SchoolId) -> Result<bool, LedgerError> {
        let found = self.one(
            "SELECT 1 FROM tie WHERE school = ?1 LIMIT 1",
            [school],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// Whether there are ties whose records were not looked for in this extract yet.
    pub fn has_ties_unseen_in(&self, extract: ExtractId) -> Result<bool, LedgerError> {
        let found = self.one(
            "SELECT 1 FROM tie WHERE seen_in IS NOT ?1 LIMIT 1",
            [extract],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }
}

impl View<'_> {
    /// Every tie, a school after the other.
    pub fn ties(&self) -> Result<Vec<KeptTie>, LedgerError> {
        self.read_ties(select!("ORDER BY school, pupil"), [])
    }

    /// The ties of one school.
    pub fn ties_of(&self, school: SchoolId) -> Result<Vec<KeptTie>, LedgerError> {
        self.read_ties(select!("WHERE school = ?1 ORDER BY pupil"), [school])
    }

    fn read_ties(&self, sql: &str, params: impl Params) -> Result<Vec<KeptTie>, LedgerError> {
        self.all(sql, params, |row| self.read_tie(row))
    }

    fn read_tie(&self, row: &Row<'_>) -> Result<KeptTie, LedgerError> {
        let (school, pupil): (SchoolId, PupilId) = (row.get(0)?, row.get(1)?);
        let version = row.get(2)?;
        let place = place(pupil);
        let sealed = row.get_ref(4)?.as_blob().unwrap_or_default();
        let opened = self.vault().open(place, sealed)?;
        let (bound_to, record) = read(&opened).ok_or(LedgerError::unreadable(place))?;
        if bound_to != (school.number(), version) {
            return Err(LedgerError::tampered(place));
        }
        Ok(KeptTie {
            school,
            pupil,
            version,
            made_at: row.get::<_, At>(3)?.0,
            tie: Tie {
                mark: mark_of(self.vault(), &record),
                record,
            },
        })
    }
}

fn write_record(row: &mut Writer, record: &RecordIdentity) {
    row.maybe(record.client.as_deref(), Writer::text);
    row.text(record.forename.reveal());
    row.text(record.surname.reveal()).day(record.born);
    row.maybe(record.upn.as_ref().map(Upn::reveal), Writer::text);
    row.maybe(record.uln.as_ref().map(Uln::reveal), Writer::text);
    row.maybe(record.year11_school, |row, school| match school {
        SchoolMention::Laestab(laestab) => row.byte(LAESTAB).text(&laestab.to_string()),
        SchoolMention::Urn(urn) => row.byte(URN).text(&urn.to_string()),
    });
}

fn read(bytes: &[u8]) -> Option<((u32, u32), RecordIdentity)> {
    let mut row = Reader::new(bytes, FORM)?;
    let bound_to = (row.u32()?, row.u32()?);
    let record = RecordIdentity {
        client: row.maybe(Reader::text)?.map(str::to_owned),
        forename: Name::restored(row.text()?.to_owned()),
        surname: Name::restored(row.text()?.to_owned()),
        born: row.day()?,
        upn: row.maybe(|row| row.text()?.parse().ok())?,
        uln: row.maybe(|row| row.text()?.parse().ok())?,
        year11_school: row.maybe(read_school)?,
    };
    row.end((bound_to, record))
}

fn read_school(row: &mut Reader<'_>) -> Option<SchoolMention> {
    match row.byte()? {
        LAESTAB => row.text()?.parse().ok().map(SchoolMention::Laestab),
        URN => row.text()?.parse().ok().map(SchoolMention::Urn),
        _ => None,
    }
}

fn place(pupil: PupilId) -> Place {
    Place {
        table: "tie",
        row: pupil.number(),
    }
}

/// The version of the sealed form, and of what a mark is made of.
const FORM: u8 = 1;
/// Bytes that most rows need at most.
const ROOM: usize = 160;
/// The scope of a mark: an extract is the whole council's.
const COUNCIL: u32 = 0;
const LAESTAB: u8 = 0;
const URN: u8 = 1;
