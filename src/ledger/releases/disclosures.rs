//! What was shared, pupil by pupil, sealed: from it a file is made again, and a person is told what was
//! shared about them. Sealing and opening need no database.

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::label_number,
    encoding::{Reader, Writer},
};
use crate::{
    domain::{
        destination::{Basis, Disclosed, Label},
        ids::{PupilId, RecordMark, ReleaseId, SchoolId, SubmissionId},
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
        row.maybe(disclosed.by_hand, |row, RecordMark(mark)| row.raw(&mark));
        row.maybe(disclosed.basis, |row, basis| {
            row.day(basis.given_on).u64(basis.source.number())
        });
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
        let (release, disclosed) = read(&opened).ok_or(LedgerError::unreadable(place))?;
        if release == self.release.number() {
            Ok(disclosed)
        } else {
            Err(LedgerError::tampered(place))
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
    let form = *bytes.first()?;
    let mut row = Reader::new(bytes, form).filter(|_| matches!(form, FIRST_FORM | FORM))?;
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
        by_hand: since_2(form, || row.maybe(|row| row.array().map(RecordMark)))?,
        basis: since_2(form, || row.maybe(read_basis))?,
    };
    row.end((release, disclosed))
}

/// What the first form did not keep yet.
#[expect(
    clippy::option_option,
    reason = "that a part is missing is no reading error"
)]
fn since_2<T>(form: u8, read: impl FnOnce() -> Option<Option<T>>) -> Option<Option<T>> {
    if form == FIRST_FORM {
        Some(None)
    } else {
        read()
    }
}

fn read_basis(row: &mut Reader<'_>) -> Option<Basis> {
    Some(Basis {
        given_on: row.day()?,
        source: SubmissionId::new(row.u64()?),
    })
}

fn place(pupil: PupilId) -> Place {
    Place {
        table: "disclosure",
        row: pupil.number(),
    }
}

/// The version of the sealed form.
const FORM: u8 = 2;
/// The form without [`Disclosed::by_hand`] and [`Disclosed::basis`].
const FIRST_FORM: u8 = 1;
/// Bytes that most rows need at most.
const ROOM: usize = 128;

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::vault::LedgerKey;

    #[test]
    fn a_row_of_the_first_form_is_still_read() {
        let vault = Vault::new(&LedgerKey::generate().unwrap());
        let (release, pupil) = (ReleaseId::new(1), PupilId::from_number(7));
        let mut row = Writer::new(FIRST_FORM, ROOM);
        row.u64(1).text("Robin").text("Example");
        row.day(date!(2010 - 03 - 01))
            .byte(label_number(Label::GapYear));
        row.maybe(None, Writer::text);
        row.maybe(None, Writer::day)
            .maybe(None, Writer::day)
            .byte(1);
        let sealed = vault.seal(place(pupil), row.as_slice());
        let old = SealedDisclosure {
            release,
            pupil,
            sealed,
        };
        let opened = old.open(&vault).unwrap();
        assert_eq!((opened.label, opened.send), (Label::GapYear, true));
        assert_eq!((opened.by_hand, opened.basis), (None, None));
        let again = SealedDisclosure::seal(&vault, release, pupil, &opened);
        assert!(again.open(&vault).unwrap() == opened);
    }
}
