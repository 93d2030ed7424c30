//! One pupil as the model knows it, and what a word of the school changes (spec 3).

use time::Date;

use crate::days::school_year;

/// What is known of a pupil.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) consent: Option<Consent>,
    /// Withdrew before any list named the pupil: on which day, and by which file.
    pub(crate) withdrew: Vec<(Date, u32)>,
    /// The same for withdrawals that fit nearly.
    pub(crate) doubted: Vec<(Date, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Consent {
    pub(crate) given: Date,
    pub(crate) standing: Standing,
    /// A withdrawal may mean this pupil.
    pub(crate) held: bool,
    /// Which file changed it last.
    pub(crate) by: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Given,
    Lapsed,
    Withdrawn(Date),
}

impl Known {
    pub(super) fn is_given(&self) -> bool {
        self.consent
            .is_some_and(|one| one.standing == Standing::Given)
    }

    /// "Only a consent dated after the day of the withdrawal restores sharing; an older or undated yes leaves
    /// the pupil withdrawn."
    pub(super) fn says_yes(&mut self, day: Option<Date>, today: Date, by: u32) {
        let outlives = |on: Date| day.is_some_and(|day| day > on);
        let (withdrew, doubted) = (last(&self.withdrew), last(&self.doubted));
        let Some(before) = self.consent else {
            let withdrew = withdrew.filter(|on| !outlives(*on));
            self.consent = Some(Consent {
                // "absent: 1 September of the school year in which the list came"
                given: day.unwrap_or(school_year(today)),
                standing: withdrew.map_or(Standing::Given, Standing::Withdrawn),
                held: withdrew.is_none() && doubted.is_some_and(|on| !outlives(on)),
                by,
            });
            return;
        };
        if matches!(before.standing, Standing::Withdrawn(on) if !outlives(on)) {
            return;
        }
        // "an undated yes never moves a date already known or assumed to a later one"
        let given = day.unwrap_or(before.given);
        let earlier = withdrew.filter(|on| given <= *on);
        self.change(
            Consent {
                given: if earlier.is_some() {
                    before.given
                } else {
                    given
                },
                standing: earlier.map_or(Standing::Given, Standing::Withdrawn),
                ..before
            },
            by,
        );
    }

    pub(super) fn lapses(&mut self, by: u32) {
        if let Some(consent) = self.consent.filter(|one| one.standing == Standing::Given) {
            let standing = Standing::Lapsed;
            self.change(
                Consent {
                    standing,
                    ..consent
                },
                by,
            );
        }
    }

    /// "A plain No after a yes is a withdrawal"; without a yes before it is only a no.
    pub(super) fn says_no(&mut self, today: Date, by: u32) {
        if self.consent.is_some() {
            self.withdraws(None, today, by, &[]);
        }
    }

    /// As of the day told, or of today. The same told again without a day changes nothing, unless only files
    /// told it that may still be undone; a later day does.
    pub(super) fn withdraws(&mut self, day: Option<Date>, today: Date, by: u32, undoable: &[u32]) {
        let on = day.unwrap_or(today);
        let Some(consent) = self.consent else {
            let mut before = self.withdrew.iter();
            // "remembered for pupils never listed"
            if day.is_some() || before.all(|one| undoable.contains(&one.1)) {
                self.withdrew.push((on, by));
            }
            return;
        };
        let on = match consent.standing {
            Standing::Withdrawn(before) => before.max(day.unwrap_or(before)),
            Standing::Given | Standing::Lapsed => on,
        };
        let standing = Standing::Withdrawn(on);
        let held = false;
        self.change(
            Consent {
                standing,
                held,
                ..consent
            },
            by,
        );
    }

    /// "holds those pupils for review"; of a pupil never listed it is remembered.
    pub(super) fn is_doubted(&mut self, today: Date, by: u32) {
        match self.consent {
            None => self.doubted.push((today, by)),
            Some(Consent {
                standing: Standing::Withdrawn(_),
                ..
            }) => {}
            Some(consent) => self.change(
                Consent {
                    held: true,
                    ..consent
                },
                by,
            ),
        }
    }

    /// Who changed it is noted where there is a change.
    pub(super) fn change(&mut self, to: Consent, by: u32) {
        if self.consent != Some(to) {
            self.consent = Some(Consent { by, ..to });
        }
    }
}

fn last(days: &[(Date, u32)]) -> Option<Date> {
    days.iter().map(|one| one.0).max()
}
