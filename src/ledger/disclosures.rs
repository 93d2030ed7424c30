//! What was shared, pupil by pupil, sealed: from it a file is made again, and a person is told what was
//! shared about them. Sealing and opening need no database.

use super::{
    LedgerError,
    access::{Keyless, Tx},
    columns::label_number,
    encoding::{Reader, Writer},
};
use crate::{
    domain::{
        destination::{Disclosed, Label},
        ids::{PupilId, ReleaseId, SchoolId},
        names::Name,
    },
    vault::{Place, Vault},
};

/// One pupil's row of a release, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedDisclosure {
    release: ReleaseId,
    pupil: PupilId,
    sealed: Vec<u8>,
}

impl SealedDisclosure {
    /// Seals what a release shares of a pupil.
    pub fn seal(vault: &Vault, release: ReleaseId, pupil: PupilId, disclosed: &Disclosed) -> Self {
        let mut row = Writer::new(FORM, ROOM);
        row.u64(release.number());
        row.text(disclosed.forename.reveal());
        row.text(disclosed.surname.reveal());
        row.day(disclosed.born).byte(label_number(disclosed.label));
        row.maybe(disclosed.provider.as_deref(), Writer::text);
        row.maybe(disclosed.started, Writer::day);
        row.maybe(disclosed.confirmed, Writer::day);
        row.byte(u8::from(disclosed.send));
        Self {
            release,
            pupil,
            sealed: vault.seal(place(pupil), row.as_slice()),
        }
    }

    /// Opens it.
    pub fn open(&self, vault: &Vault) -> Result<Disclosed, LedgerError> {
        let place = place(self.pupil);
        let opened = vault.open(place, &self.sealed)?;
        let (release, disclosed) = read(&opened).ok_or(LedgerError::Unreadable {
            table: place.table,
            row: place.row,
        })?;
        if release == self.release.number() {
            Ok(disclosed)
        } else {
            Err(LedgerError::Tampered {
                table: place.table,
                row: place.row,
            })
        }
    }

    /// The release.
    pub fn release(&self) -> ReleaseId {
        self.release
    }

    /// The pupil's place in the ledger.
    pub fn pupil(&self) -> PupilId {
        self.pupil
    }
}

impl Tx<'_> {
    /// Keeps what a release shares; the release's plan comes with it.
    pub(super) fn disclose(&self, disclosures: &[SealedDisclosure]) -> Result<(), LedgerError> {
        let mut statement = self.conn.prepare_cached(
            "INSERT INTO disclosure (release, pupil, sealed) VALUES (?1, ?2, ?3)",
        )?;
        for disclosure in disclosures {
            statement.execute((disclosure.release, disclosure.pupil, &disclosure.sealed))?;
        }
        Ok(())
    }

    /// Removes what a release shared about its pupils; that it was made stays on record.
    pub fn erase_disclosures(&self, release: ReleaseId) -> Result<(), LedgerError> {
        self.run("DELETE FROM disclosure WHERE release = ?1", [release])?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// What a release shared, in the order of the pupils' places.
    pub fn disclosures(&self, release: ReleaseId) -> Result<Vec<SealedDisclosure>, LedgerError> {
        self.all(
            "SELECT release, pupil, sealed FROM disclosure WHERE release = ?1 ORDER BY pupil",
            [release],
            |row| {
                Ok(SealedDisclosure {
                    release: row.get(0)?,
                    pupil: row.get(1)?,
                    sealed: row.get(2)?,
                })
            },
        )
    }

    /// Everything that was ever shared about one pupil, oldest release first.
    pub fn disclosed_about(
        &self,
        school: SchoolId,
        pupil: PupilId,
    ) -> Result<Vec<SealedDisclosure>, LedgerError> {
        self.all(
            "SELECT disclosure.release, disclosure.pupil, disclosure.sealed
             FROM release CROSS JOIN disclosure ON disclosure.release = release.id
             WHERE release.school = ?1 AND disclosure.pupil = ?2 ORDER BY release.id",
            (school, pupil),
            |row| {
                Ok(SealedDisclosure {
                    release: row.get(0)?,
                    pupil: row.get(1)?,
                    sealed: row.get(2)?,
                })
            },
        )
    }
}

fn read(bytes: &[u8]) -> Option<(u64, Disclosed)> {
    let mut row = Reader::new(bytes, FORM)?;
    let release = row.u64()?;
    let disclosed = Disclosed {
        forename: Name::restored(row.text()?.to_owned()),
        surname: Name::restored(row.text()?.to_owned()),
        born: row.day()?,
        label: *Label::ALL.get(usize::from(row.byte()?))?,
        provider: row.maybe(Reader::text)?.map(str::to_owned),
        started: row.maybe(Reader::day)?,
        confirmed: row.maybe(Reader::day)?,
        send: row.byte()? != 0,
    };
    row.end((release, disclosed))
}

fn place(pupil: PupilId) -> Place {
    Place {
        table: "disclosure",
        row: pupil.number(),
    }
}

/// The version of the sealed form.
const FORM: u8 = 1;
/// Bytes that most rows need at most.
const ROOM: usize = 128;
