//! One pupil's consent as it stands in its row: plain columns that name nobody, look-ups, and the sealed
//! rest. Sealing and opening need no database, so they can run on every core.

use time::Date;

use crate::ledger::{
    LedgerError,
    consents::lookups::Lookups,
    encoding::{Reader, Writer},
};
use crate::{
    domain::{
        days::Cohort,
        identifiers::{Uln, Upn},
        ids::{PupilId, SchoolId, SubmissionId},
        names::{Name, PersonName},
        pupil::{Consent, Pupil, Standing},
    },
    vault::{Place, Vault},
};

/// The plain columns: they are sealed as well, so that a change from outside is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentFacts {
    /// The school that collected the consent.
    pub school: SchoolId,
    /// The pupil's place in the ledger.
    pub pupil: PupilId,
    /// Where the consent stands.
    pub standing: Standing,
    /// The day on which the pupil consented.
    pub given_on: Date,
    /// True where that day was assumed.
    pub assumed: bool,
    /// The school says that the pupil has an EHCP.
    pub ehcp: bool,
    /// The pupil's year group.
    pub cohort: Cohort,
    /// A withdrawal that nearly fits holds it.
    pub held_by: Option<SubmissionId>,
    /// The submission that last changed anything.
    pub source: SubmissionId,
    /// Counts the changes.
    pub version: u32,
}

/// A consent that can be kept, and opened by whoever has the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedConsent {
    pub(in crate::ledger) facts: ConsentFacts,
    pub(in crate::ledger) lookups: Lookups,
    pub(in crate::ledger) sealed: Vec<u8>,
}

impl SealedConsent {
    /// Seals a consent of this school.
    pub fn seal(vault: &Vault, school: SchoolId, consent: &Consent) -> Self {
        let facts = ConsentFacts {
            school,
            pupil: consent.id,
            standing: consent.standing,
            given_on: consent.given_on,
            assumed: consent.assumed,
            ehcp: consent.ehcp,
            cohort: consent.pupil.cohort(),
            held_by: consent.held_by,
            source: consent.source,
            version: consent.version,
        };
        let mut row = Writer::new(FORM, ROOM);
        facts.write(&mut row);
        write_pupil(&mut row, &consent.pupil);
        Self {
            facts,
            lookups: Lookups::of_pupil(vault, school, &consent.pupil),
            sealed: vault.seal(facts.place(), row.as_slice()),
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`LedgerError::Sealed`], and [`LedgerError::Tampered`] where the plain columns are not those
    /// that were sealed.
    pub fn open(&self, vault: &Vault) -> Result<Consent, LedgerError> {
        let place = self.facts.place();
        let opened = vault.open(place, &self.sealed)?;
        let (facts, pupil) = read(&opened).ok_or(LedgerError::unreadable(place))?;
        if facts != self.facts {
            return Err(LedgerError::tampered(place));
        }
        Ok(Consent {
            id: facts.pupil,
            pupil,
            given_on: facts.given_on,
            assumed: facts.assumed,
            ehcp: facts.ehcp,
            standing: facts.standing,
            held_by: facts.held_by,
            source: facts.source,
            version: facts.version,
        })
    }

    /// What can be known of it without the key. Only [`SealedConsent::open`] proves it.
    pub fn facts(&self) -> &ConsentFacts {
        &self.facts
    }

    /// By what it can be found.
    pub fn lookups(&self) -> &Lookups {
        &self.lookups
    }
}

impl ConsentFacts {
    fn place(&self) -> Place {
        Place {
            table: "consent",
            row: self.pupil.number(),
        }
    }

    fn write(&self, row: &mut Writer) {
        row.u32(self.school.number()).u64(self.pupil.number());
        match self.standing {
            Standing::InForce => row.byte(IN_FORCE),
            Standing::Lapsed => row.byte(LAPSED),
            Standing::Withdrawn(on) => row.byte(WITHDRAWN).day(on),
        };
        row.day(self.given_on);
        row.byte(u8::from(self.assumed)).byte(u8::from(self.ehcp));
        row.maybe(self.held_by.map(SubmissionId::number), Writer::u64);
        row.u64(self.source.number()).u32(self.version);
    }
}

fn write_pupil(row: &mut Writer, pupil: &Pupil) {
    row.day(pupil.born);
    row.text(pupil.name.forename.reveal());
    row.text(pupil.name.surname.reveal());
    row.maybe(pupil.upn.as_ref().map(Upn::reveal), Writer::text);
    row.maybe(pupil.uln.as_ref().map(Uln::reveal), Writer::text);
}

fn read(bytes: &[u8]) -> Option<(ConsentFacts, Pupil)> {
    let mut row = Reader::new(bytes, FORM)?;
    let school = SchoolId::from_number(row.u32()?).ok()?;
    let pupil = PupilId::from_number(row.u64()?);
    let standing = match row.byte()? {
        IN_FORCE => Standing::InForce,
        LAPSED => Standing::Lapsed,
        WITHDRAWN => Standing::Withdrawn(row.day()?),
        _ => return None,
    };
    let given_on = row.day()?;
    let [assumed, ehcp] = row.array()?.map(|flag: u8| flag != 0);
    let held_by = row.maybe(Reader::u64)?.map(SubmissionId::new);
    let (source, version) = (SubmissionId::new(row.u64()?), row.u32()?);
    let person = read_pupil(&mut row)?;
    let facts = ConsentFacts {
        school,
        pupil,
        standing,
        given_on,
        assumed,
        ehcp,
        cohort: person.cohort(),
        held_by,
        source,
        version,
    };
    row.end((facts, person))
}

fn read_pupil(row: &mut Reader<'_>) -> Option<Pupil> {
    Some(Pupil {
        born: row.day()?,
        name: PersonName {
            forename: Name::restored(row.text()?.to_owned()),
            surname: Name::restored(row.text()?.to_owned()),
        },
        upn: row.maybe(|row| row.text()?.parse().ok())?,
        uln: row.maybe(|row| row.text()?.parse().ok())?,
    })
}

/// The version of the sealed form.
const FORM: u8 = 1;
/// Bytes that most rows need at most.
const ROOM: usize = 128;
pub(in crate::ledger) const IN_FORCE: u8 = 0;
pub(in crate::ledger) const LAPSED: u8 = 1;
pub(in crate::ledger) const WITHDRAWN: u8 = 2;

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::vault::LedgerKey;

    fn vault() -> Vault {
        Vault::new(&LedgerKey::generate().unwrap())
    }

    fn school() -> SchoolId {
        "8604001".parse().unwrap()
    }

    fn consent(standing: Standing) -> Consent {
        Consent {
            id: PupilId::first_told(SubmissionId::new(7), 3),
            pupil: Pupil {
                name: PersonName {
                    forename: Name::parse("Zoë").unwrap(),
                    surname: Name::parse("Example-Made Up").unwrap(),
                },
                born: date!(2010 - 03 - 01),
                upn: None,
                uln: None,
            },
            given_on: date!(2026 - 09 - 15),
            assumed: true,
            ehcp: false,
            standing,
            held_by: Some(SubmissionId::new(9)),
            source: SubmissionId::new(8),
            version: 4,
        }
    }

    #[test]
    fn a_consent_opens_as_it_was_sealed() {
        let vault = vault();
        let withdrawn = Standing::Withdrawn(date!(2026 - 10 - 01));
        for standing in [Standing::InForce, Standing::Lapsed, withdrawn] {
            let consent = consent(standing);
            let sealed = SealedConsent::seal(&vault, school(), &consent);
            assert_eq!(sealed.open(&vault).unwrap(), consent);
        }
    }

    #[test]
    fn plain_columns_that_were_changed_are_noticed() {
        let vault = vault();
        let withdrawn = consent(Standing::Withdrawn(date!(2026 - 10 - 01)));
        let sealed = SealedConsent::seal(&vault, school(), &withdrawn);
        let mut restored = sealed.clone();
        restored.facts.standing = Standing::InForce;
        let mut moved = sealed.clone();
        moved.facts.school = "8604002".parse().unwrap();
        let mut released = sealed;
        released.facts.held_by = None;
        for changed in [restored, moved, released] {
            let opened = changed.open(&vault);
            assert!(matches!(opened, Err(LedgerError::Tampered { .. })));
        }
    }
}
