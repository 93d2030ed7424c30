//! The consents of all schools, one row a pupil, a school's rows side by side; who refused, by keyed hash
//! only; and the withdrawals that fitted nobody yet.

use rusqlite::{CachedStatement, Row, types::ValueRef};

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx, View},
    columns::{Day, Whole},
    consents::lookups::Lookups,
    consents::sealed_consent::{ConsentFacts, IN_FORCE, LAPSED, SealedConsent, WITHDRAWN},
    encoding::{Reader, Writer},
};
use crate::{
    domain::{
        identifiers::{Uln, Upn},
        ids::{PupilId, SchoolId, SubmissionId},
        names::{NORMAL_FORM, Name},
        pupil::{Description, Remembered, Standing},
    },
    vault::{Lookup, Place, Vault},
};

/// The columns in the order of [`read_consent`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT school, pupil, standing, withdrawn_on, given_on, assumed, ehcp, cohort, held_by,
               source, version, upn, uln, k1, k2, forename, surname, sealed FROM consent ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Keeps these consents, new or changed, and counts one change for each school among them. Rows of
    /// one school belong side by side.
    pub fn save_consents(&self, consents: &[SealedConsent]) -> Result<(), LedgerError> {
        let mut statement = self.conn.prepare_cached(SAVE).map_err(LedgerError::from)?;
        let mut bumped = None;
        for consent in consents {
            save(&mut statement, consent)?;
            let school = consent.facts.school;
            if bumped.replace(school) != Some(school) {
                self.bump_revision(school)?;
            }
        }
        Ok(())
    }

    /// Removes what was kept on these pupils' consents, look-ups, ties and all.
    pub fn erase_consents(&self, school: SchoolId, pupils: &[PupilId]) -> Result<(), LedgerError> {
        for pupil in pupils {
            self.run(
                "DELETE FROM consent WHERE school = ?1 AND pupil = ?2",
                (school, pupil),
            )?;
            self.run(
                "DELETE FROM tie WHERE school = ?1 AND pupil = ?2",
                (school, pupil),
            )?;
        }
        self.bump_revision(school)
    }

    /// Keeps, by keyed hash only, that this person did not consent.
    pub fn refused(
        &self,
        school: SchoolId,
        source: SubmissionId,
        persons: &[Lookups],
    ) -> Result<(), LedgerError> {
        for hash in persons.iter().flat_map(hashes) {
            self.run(
                "INSERT INTO refusal (school, person, source) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET source = excluded.source",
                (school, hash, source),
            )?;
        }
        Ok(())
    }

    /// The person consented after all.
    pub fn no_longer_refused(
        &self,
        school: SchoolId,
        persons: &[Lookups],
    ) -> Result<(), LedgerError> {
        for hash in persons.iter().flat_map(hashes) {
            self.run(
                "DELETE FROM refusal WHERE school = ?1 AND person = ?2",
                (school, hash),
            )?;
        }
        Ok(())
    }

    /// Remembers a withdrawal that fitted nobody.
    pub fn remember(&self, school: SchoolId, withdrawal: &Remembered) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO remembered (school, source, sealed) VALUES (?1, ?2, x'')",
            (school, withdrawal.source),
        )?;
        let row = self.conn.last_insert_rowid().cast_unsigned();
        let sealed = self
            .vault()
            .seal(remembered_at(row), write(school, withdrawal).as_slice());
        self.must(
            REMEMBERED,
            row,
            "UPDATE remembered SET sealed = ?2 WHERE id = ?1",
            (Whole(row), sealed),
        )
    }

    /// Forgets what this submission withdrew and nobody fitted: it was undone.
    pub fn forget_remembered(
        &self,
        school: SchoolId,
        source: SubmissionId,
    ) -> Result<(), LedgerError> {
        self.run(
            "DELETE FROM remembered WHERE school = ?1 AND source = ?2",
            (school, source),
        )?;
        Ok(())
    }

    pub(in crate::ledger) fn bump_revision(&self, school: SchoolId) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO school (id, revision) VALUES (?1, 1)
             ON CONFLICT DO UPDATE SET revision = revision + 1",
            [school],
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// Every consent on record of one school, in the order in which pupils were first told of.
    pub fn consents(&self, school: SchoolId) -> Result<Vec<SealedConsent>, LedgerError> {
        let sql = select!("WHERE school = ?1 ORDER BY pupil");
        self.all(sql, [school], read_consent)
    }

    /// One pupil's consent.
    pub fn consent(
        &self,
        school: SchoolId,
        pupil: PupilId,
    ) -> Result<Option<SealedConsent>, LedgerError> {
        let sql = select!("WHERE school = ?1 AND pupil = ?2");
        self.one(sql, (school, pupil), read_consent)
    }

    /// The school's consents that agree with any of these look-ups: candidates, not matches.
    pub fn consents_like(
        &self,
        school: SchoolId,
        like: &Lookups,
    ) -> Result<Vec<SealedConsent>, LedgerError> {
        let sql = select!(
            "WHERE school = ?1 AND (upn = ?2 OR uln = ?3 OR k1 = ?4 OR k2 = ?5 OR forename = ?6
               OR surname = ?7) ORDER BY pupil"
        );
        let [upn, uln, k1, k2, forename, surname] = like.columns();
        self.all(
            sql,
            (school, upn, uln, k1, k2, forename, surname),
            read_consent,
        )
    }

    /// Every consent in force, held ones too, of all schools, a school after the other. The first
    /// failure of `each` ends it.
    pub fn each_consent_in_force<E: From<LedgerError>>(
        &self,
        mut each: impl FnMut(SealedConsent) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = select!("WHERE standing = 0 ORDER BY school, pupil");
        self.each(sql, [], |row| each(read_consent(row)?))
    }

    /// How often the school's consents have changed.
    pub fn revision(&self, school: SchoolId) -> Result<u64, LedgerError> {
        let revision = self.one(
            "SELECT revision FROM school WHERE id = ?1",
            [school],
            |row| Ok(row.get::<_, Whole>(0)?.0),
        )?;
        Ok(revision.unwrap_or(0))
    }

    /// The submission that last said that this person did not consent.
    pub fn refusal(
        &self,
        school: SchoolId,
        person: &Lookups,
    ) -> Result<Option<SubmissionId>, LedgerError> {
        for hash in hashes(person) {
            let found = self.one(
                "SELECT source FROM refusal WHERE school = ?1 AND person = ?2",
                (school, hash),
                |row| Ok(row.get(0)?),
            )?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

impl View<'_> {
    /// The school's withdrawals that fitted nobody yet.
    pub fn remembered(&self, school: SchoolId) -> Result<Vec<Remembered>, LedgerError> {
        let rows = self.remembered_rows(school)?;
        Ok(rows.into_iter().map(|(_, withdrawal)| withdrawal).collect())
    }
}

/// Opens one row of what was remembered.
pub(in crate::ledger) fn remembered_row(
    vault: &Vault,
    school: SchoolId,
    row: u64,
    sealed: &[u8],
) -> Result<Remembered, LedgerError> {
    let place = remembered_at(row);
    let opened = vault.open(place, sealed)?;
    let (of, withdrawal) = read(&opened).ok_or(LedgerError::unreadable(place))?;
    if of == school.number() {
        Ok(withdrawal)
    } else {
        Err(LedgerError::tampered(place))
    }
}

impl Lookups {
    fn columns(&self) -> [Option<[u8; 16]>; 6] {
        let all = [
            self.upn,
            self.uln,
            self.k1,
            self.k2,
            self.forename,
            self.surname,
        ];
        all.map(|lookup| lookup.map(|Lookup(bytes)| bytes))
    }
}

/// By what a refusal is found: an identifier, or both names with the date of birth.
fn hashes(person: &Lookups) -> impl Iterator<Item = [u8; 16]> {
    let hashes = [person.upn, person.uln, person.k2];
    hashes.into_iter().flatten().map(|Lookup(bytes)| bytes)
}

fn save(statement: &mut CachedStatement<'_>, consent: &SealedConsent) -> Result<(), LedgerError> {
    let facts = &consent.facts;
    let (standing, withdrawn_on) = match facts.standing {
        Standing::InForce => (IN_FORCE, None),
        Standing::Lapsed => (LAPSED, None),
        Standing::Withdrawn(on) => (WITHDRAWN, Some(Day(on))),
    };
    let [upn, uln, k1, k2, forename, surname] = consent.lookups.columns();
    statement.execute(rusqlite::params![
        facts.school,
        facts.pupil,
        standing,
        withdrawn_on,
        Day(facts.given_on),
        facts.assumed,
        facts.ehcp,
        facts.cohort,
        facts.held_by,
        facts.source,
        facts.version,
        NORMAL_FORM,
        upn,
        uln,
        k1,
        k2,
        forename,
        surname,
        consent.sealed,
    ])?;
    Ok(())
}

fn read_consent(row: &Row<'_>) -> Result<SealedConsent, LedgerError> {
    let pupil: PupilId = row.get(1)?;
    let unreadable = LedgerError::Unreadable {
        table: "consent",
        row: pupil.number(),
    };
    let standing = match (row.get::<_, u8>(2)?, row.get::<_, Option<Day>>(3)?) {
        (IN_FORCE, _) => Standing::InForce,
        (LAPSED, _) => Standing::Lapsed,
        (WITHDRAWN, Some(Day(on))) => Standing::Withdrawn(on),
        _ => return Err(unreadable),
    };
    let lookup = |column| match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        value => Ok::<_, LedgerError>(value.as_blob().ok().and_then(short).map(Lookup)),
    };
    Ok(SealedConsent {
        facts: ConsentFacts {
            school: row.get(0)?,
            pupil,
            standing,
            given_on: row.get::<_, Day>(4)?.0,
            assumed: row.get(5)?,
            ehcp: row.get(6)?,
            cohort: row.get(7)?,
            held_by: row.get(8)?,
            source: row.get(9)?,
            version: row.get(10)?,
        },
        lookups: Lookups {
            upn: lookup(11)?,
            uln: lookup(12)?,
            k1: lookup(13)?,
            k2: lookup(14)?,
            forename: lookup(15)?,
            surname: lookup(16)?,
        },
        sealed: row.get(17)?,
    })
}

fn short(bytes: &[u8]) -> Option<[u8; 16]> {
    bytes.try_into().ok()
}

fn write(school: SchoolId, withdrawal: &Remembered) -> Writer {
    let who = &withdrawal.who;
    let mut row = Writer::new(FORM, 128);
    row.u32(school.number())
        .day(withdrawal.on)
        .u64(withdrawal.source.number());
    row.maybe(who.forename.as_ref().map(Name::reveal), Writer::text);
    row.maybe(who.surname.as_ref().map(Name::reveal), Writer::text);
    row.maybe(who.born, Writer::day);
    row.maybe(who.upn.as_ref().map(Upn::reveal), Writer::text);
    row.maybe(who.uln.as_ref().map(Uln::reveal), Writer::text);
    row
}

fn read(bytes: &[u8]) -> Option<(u32, Remembered)> {
    let name = |row: &mut Reader<'_>| Some(Name::restored(row.text()?.to_owned()));
    let mut row = Reader::new(bytes, FORM)?;
    let school = row.u32()?;
    let withdrawal = Remembered {
        on: row.day()?,
        source: SubmissionId::new(row.u64()?),
        who: Description {
            forename: row.maybe(name)?,
            surname: row.maybe(name)?,
            born: row.maybe(Reader::day)?,
            upn: row.maybe(|row| row.text()?.parse().ok())?,
            uln: row.maybe(|row| row.text()?.parse().ok())?,
        },
    };
    row.end((school, withdrawal))
}

fn remembered_at(row: u64) -> Place {
    Place {
        table: REMEMBERED,
        row,
    }
}

const SAVE: &str = "
    INSERT INTO consent (school, pupil, standing, withdrawn_on, given_on, assumed, ehcp, cohort,
      held_by, source, version, normal_form, upn, uln, k1, k2, forename, surname, sealed)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
    ON CONFLICT (school, pupil) DO UPDATE SET
      standing = excluded.standing, withdrawn_on = excluded.withdrawn_on,
      given_on = excluded.given_on, assumed = excluded.assumed, ehcp = excluded.ehcp,
      cohort = excluded.cohort, held_by = excluded.held_by, source = excluded.source,
      version = excluded.version, normal_form = excluded.normal_form, upn = excluded.upn,
      uln = excluded.uln, k1 = excluded.k1, k2 = excluded.k2, forename = excluded.forename,
      surname = excluded.surname, sealed = excluded.sealed";

pub(in crate::ledger) const REMEMBERED: &str = "remembered";
/// The version of the sealed form.
const FORM: u8 = 1;
