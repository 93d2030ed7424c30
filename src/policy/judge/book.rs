//! A school's consents while a list is judged: as they were, and as they become. A consent is copied
//! at its first change, and counts one version however often it changes here.

use std::collections::BTreeMap;

use crate::domain::{
    ids::{PupilId, SubmissionId},
    pupil::Consent,
};

use super::judgement::{Change, Effect, Situation};

/// The consents on record, in the record's order, then the new ones.
pub(super) struct Book<'a> {
    entries: Vec<Entry<'a>>,
    known: usize,
    new: BTreeMap<usize, usize>,
    submission: SubmissionId,
}

struct Entry<'a> {
    before: Option<&'a Consent>,
    after: Option<(Effect, Consent)>,
}

impl<'a> Book<'a> {
    /// The book as it was before the list.
    pub(super) fn open(situation: &Situation<'a>) -> Self {
        let consents = situation.consents.iter();
        Self {
            entries: consents
                .map(|consent| Entry {
                    before: Some(consent),
                    after: None,
                })
                .collect(),
            known: situation.consents.len(),
            new: BTreeMap::new(),
            submission: situation.submission,
        }
    }

    /// A consent on record, as it was before the list.
    pub(super) fn before(&self, at: usize) -> Option<&'a Consent> {
        self.entries.get(at).and_then(|entry| entry.before)
    }

    /// A consent as it is now.
    pub(super) fn now(&self, at: usize) -> Option<&Consent> {
        let entry = self.entries.get(at)?;
        entry.after.as_ref().map(|(_, now)| now).or(entry.before)
    }

    /// The place of the new consent of this person.
    pub(super) fn new_of(&self, person: usize) -> Option<usize> {
        self.new.get(&person).copied()
    }

    /// The places of the consents on record.
    pub(super) fn known(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.known
    }

    /// Writes a new person's consent. Its id follows from its place among the new ones.
    pub(super) fn add(
        &mut self,
        person: usize,
        make: impl FnOnce(PupilId, SubmissionId) -> Consent,
    ) {
        self.new.insert(person, self.entries.len());
        let place = u32::try_from(self.entries.len() - self.known).unwrap_or(u32::MAX);
        let consent = make(PupilId::first_told(self.submission, place), self.submission);
        self.entries.push(Entry {
            before: None,
            after: Some((Effect::New, consent)),
        });
    }

    /// Changes a consent. What is new stays new, whatever else happens to it.
    pub(super) fn change(&mut self, at: usize, effect: Effect, edit: impl FnOnce(&mut Consent)) {
        let submission = self.submission;
        let Some(entry) = self.entries.get_mut(at) else {
            return;
        };
        match (&mut entry.after, entry.before) {
            (Some((named, consent)), before) => {
                if before.is_some() {
                    *named = effect;
                }
                edit(consent);
            }
            (None, Some(before)) => {
                let mut consent = Consent {
                    version: before.version.saturating_add(1),
                    source: submission,
                    ..before.clone()
                };
                edit(&mut consent);
                entry.after = Some((effect, consent));
            }
            (None, None) => {}
        }
    }

    /// What changed.
    pub(super) fn close(self) -> impl Iterator<Item = Change> {
        let changed = self.entries.into_iter().filter_map(|entry| entry.after);
        changed.map(|(effect, consent)| Change::Consent {
            effect,
            consent: Box::new(consent),
        })
    }
}
