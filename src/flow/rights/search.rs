//! Finding one person in all schools that the ledger has met: by keyed look-ups, and then by what the
//! opened row tells, because a look-up by one name and a day finds neighbours too.

use crate::{
    domain::{
        ids::{SchoolId, SubmissionId},
        pupil::{Consent, Description, Pupil, Remembered},
    },
    flow::FlowError,
    ledger::{Lookups, View},
    policy::identity::{Fit, Traits, fit},
    vault::Vault,
};

/// What was found of one person.
#[must_use]
pub(super) enum Found {
    /// One person, or nobody.
    Person(Traces),
    /// Pupils who can't be one person, because their identifiers or days of birth contradict, fit alike.
    Several(usize),
}

/// Where a person is on record.
#[derive(Default)]
pub(super) struct Traces {
    /// The schools that have anything of the person, in order.
    pub(super) schools: Vec<AtSchool>,
    /// Pupils of all schools who fit nearly, and are nobody's business here.
    pub(super) nearly: u32,
}

/// What one school has of a person.
pub(super) struct AtSchool {
    pub(super) school: SchoolId,
    /// As the school listed the person; more than once where it did so under two identifiers.
    pub(super) consents: Vec<Consent>,
    /// Withdrawals that fitted nobody when they came, each with the number of its row.
    pub(super) remembered: Vec<(u64, Remembered)>,
    /// The submission that last said that the person did not consent.
    pub(super) refused: Option<SubmissionId>,
    /// Since when nothing of the person is shared, because somebody of this name or number was erased.
    pub(super) barred_on: Option<time::Date>,
}

impl AtSchool {
    /// A school that has nothing of the person.
    pub(super) fn nothing(school: SchoolId) -> Self {
        Self {
            school,
            consents: Vec::new(),
            remembered: Vec::new(),
            refused: None,
            barred_on: None,
        }
    }
}

/// Looks for a person. What one school tells is looked for in the others: one knows the UPN, another the
/// name only.
pub(super) fn search(
    view: &View<'_>,
    vault: &Vault,
    who: &Description,
) -> Result<Found, FlowError> {
    let schools = view.schools_met()?;
    let mut known = Known::of(who);
    let mut nearly = 0;
    let mut asked = 0;
    while let Some(one) = known.described.get(asked).cloned() {
        let traits = Traits::of_description(&one);
        for school in &schools {
            let like = Lookups::of_description(vault, *school, &one);
            for sealed in view.consents_like(*school, &like)? {
                let consent = sealed.open(vault)?;
                match fit(&traits, &Traits::of_pupil(&consent.pupil)) {
                    Some(Fit::Exact) => known.meet(*school, consent),
                    Some(Fit::Close | Fit::Namesake | Fit::Near) if asked == 0 => nearly += 1,
                    _ => {}
                }
            }
        }
        asked += 1;
    }
    if let Some(several) = known.several() {
        return Ok(Found::Several(several));
    }
    let mut traces = Traces {
        schools: Vec::new(),
        nearly,
    };
    for school in schools {
        traces.schools.extend(known.at(view, vault, school)?);
    }
    Ok(Found::Person(traces))
}

/// Who the person is, as far as it is known by now.
struct Known {
    described: Vec<Description>,
    consents: Vec<(SchoolId, Consent)>,
}

impl Known {
    fn of(who: &Description) -> Self {
        Self {
            described: vec![who.clone()],
            consents: Vec::new(),
        }
    }

    fn meet(&mut self, school: SchoolId, consent: Consent) {
        if self
            .consents
            .iter()
            .any(|(_, known)| known.id == consent.id)
        {
            return;
        }
        let description = described(&consent.pupil);
        if !self.described.contains(&description) {
            self.described.push(description);
        }
        self.consents.push((school, consent));
    }

    /// How many pupils fit, where they can't all be one.
    fn several(&self) -> Option<usize> {
        let pupils = || self.consents.iter().map(|(_, consent)| &consent.pupil);
        let contradict = pupils().any(|a| pupils().any(|b| are_two(a, b)));
        contradict.then(|| pupils().count())
    }

    fn at(
        &self,
        view: &View<'_>,
        vault: &Vault,
        school: SchoolId,
    ) -> Result<Option<AtSchool>, FlowError> {
        let consents = self.consents.iter().filter(|(of, _)| *of == school);
        let consents: Vec<Consent> = consents.map(|(_, consent)| consent.clone()).collect();
        let traits: Vec<Traits> = self.described.iter().map(Traits::of_description).collect();
        let is_meant = |who: &Traits| traits.iter().any(|one| fit(one, who) == Some(Fit::Exact));
        let mut remembered = view.remembered_rows(school)?;
        remembered.retain(|(_, one)| is_meant(&Traits::of_description(&one.who)));
        let marks = view.marks(school)?;
        let (mut refused, mut barred_on) = (None, None);
        for one in &self.described {
            let person = Lookups::of_description(vault, school, one);
            refused = refused.max(view.refusal(school, &person)?);
            barred_on = barred_on.max(marks.since(&person));
        }
        let nothing = consents.is_empty()
            && remembered.is_empty()
            && refused.is_none()
            && barred_on.is_none();
        Ok((!nothing).then_some(AtSchool {
            school,
            consents,
            remembered,
            refused,
            barred_on,
        }))
    }
}

/// A pupil on record, told as completely as the record does.
pub(super) fn described(pupil: &Pupil) -> Description {
    Description {
        forename: Some(pupil.name.forename.clone()),
        surname: Some(pupil.name.surname.clone()),
        born: Some(pupil.born),
        upn: pupil.upn,
        uln: pupil.uln,
    }
}

/// Whether these can't be the same person: "different valid identifiers are two pupils" (spec 3), and the
/// strongest that both tell decides; so are different days of birth.
fn are_two(a: &Pupil, b: &Pupil) -> bool {
    let differ = match (a.permanent_upn(), b.permanent_upn()) {
        (Some(a), Some(b)) => a != b,
        _ => a.uln.zip(b.uln).is_some_and(|(a, b)| a != b),
    };
    differ || a.born != b.born
}
