//! Who may be shared, and why not (spec 5 and 6). The only maker of a [`ShareableRow`], which is all
//! that the sealing room accepts: whoever audits the decision to share reads this file.
//!
//! It answers for one pupil on one day. What concerns a whole release is asked elsewhere: whether the
//! extract is fresh (`extract_guard`), whether anybody has said `hold`, and whether somebody can open the
//! file.

mod reason;
mod row;
mod rules;

#[cfg(test)]
mod tests;

use time::Date;

use crate::domain::{
    days::birthday,
    destination::{Basis, CohortStatus, Disclosed, Label, Meaning},
    ids::RecordMark,
    pupil::{Consent, Standing},
    school::AgreementStanding,
};

pub use reason::{Bucket, Question, Reason, tally};
pub use row::ShareableRow;
pub use rules::{
    Circumstances, HoldProviders, LastList, SharingRules, Year12List, Year12Rule, year12_due,
    year12_list,
};

use super::{
    expiry::{Expiry, Plan, first_day_not_allowed},
    matching::{Destination, Match, Matched},
};

/// The answer for one pupil.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// This row may leave today.
    Share(ShareableRow),
    /// Nothing leaves.
    Withhold(Reason),
}

/// Whether what the extract knows of this pupil may be shared with this school today.
pub fn gate(consent: &Consent, matched: &Match, c: &Circumstances<'_>) -> Verdict {
    verdict(judge(consent, matched, c))
}

/// Whether a row that was disclosed, or is about to be, may still be: for the check at sealing and at
/// publication, and for a recalled file that is made again. Everything but the match is asked anew;
/// the values stay those that were disclosed. `tie` is the record that this consent, as it now is, is
/// tied to by hand.
pub fn still_shareable(
    consent: &Consent,
    disclosed: &Disclosed,
    tie: Option<RecordMark>,
    c: &Circumstances<'_>,
) -> Verdict {
    verdict(judge_again(consent, disclosed, tie, c))
}

fn verdict(judged: Result<ShareableRow, Reason>) -> Verdict {
    match judged {
        Ok(row) => Verdict::Share(row),
        Err(reason) => Verdict::Withhold(reason),
    }
}

fn judge(
    consent: &Consent,
    matched: &Match,
    c: &Circumstances<'_>,
) -> Result<ShareableRow, Reason> {
    stands(consent)?;
    agreement(c)?;
    // Without a record the council's flag isn't known: who is out of time even with it, is out of time.
    in_time(consent, true, c)?;
    not_held(consent, c)?;
    let found = the_one(matched)?;
    if found.pupil != consent.id || found.school != c.school.id {
        return Err(Reason::NotThisPupil);
    }
    let sound_until = in_time(consent, found.destination.send, c)?.min(year12_end(consent, c));
    let told = destination(&found.destination, c)?;
    Ok(ShareableRow::new(
        consent.id,
        Disclosed {
            forename: consent.pupil.name.forename.clone(),
            surname: consent.pupil.name.surname.clone(),
            born: consent.pupil.born,
            label: told.label,
            provider: told.provider,
            started: told.started,
            confirmed: found.destination.confirmed,
            send: found.destination.send,
            by_hand: found.by_hand(),
            basis: Some(basis(consent)),
        },
        sound_until,
    ))
}

fn judge_again(
    consent: &Consent,
    disclosed: &Disclosed,
    tie: Option<RecordMark>,
    c: &Circumstances<'_>,
) -> Result<ShareableRow, Reason> {
    stands(consent)?;
    agreement(c)?;
    let sound_until = in_time(consent, disclosed.send, c)?.min(year12_end(consent, c));
    not_held(consent, c)?;
    if disclosed.born != consent.pupil.born {
        return Err(Reason::NotThisPupil);
    }
    still_tied(disclosed, tie)?;
    provider_is_free(disclosed.provider.as_deref(), c)?;
    let values = Disclosed {
        basis: Some(basis(consent)),
        ..disclosed.clone()
    };
    Ok(ShareableRow::new(consent.id, values, sound_until))
}

/// The consent as it stands, for whoever asks later what a row rested on.
fn basis(consent: &Consent) -> Basis {
    Basis {
        given_on: consent.given_on,
        source: consent.source,
    }
}

/// Clause 2.2: given, and neither withdrawn nor missing from the school's last list.
fn stands(consent: &Consent) -> Result<(), Reason> {
    match consent.standing {
        Standing::InForce => Ok(()),
        Standing::Lapsed => Err(Reason::Lapsed),
        Standing::Withdrawn(_) => Err(Reason::Withdrawn),
    }
}

/// Clauses 1.4 and 3: signed, and no end has come.
fn agreement(c: &Circumstances<'_>) -> Result<(), Reason> {
    match c.school.standing(c.today) {
        AgreementStanding::InForce => Ok(()),
        standing => Err(Reason::AgreementNotInForce(standing)),
    }
}

/// Clauses 2.1 and 2.2: old enough, and not past the end of the consent. `send` is the council's flag.
/// Tells the first day on which the consent no longer lasts.
fn in_time(consent: &Consent, send: bool, c: &Circumstances<'_>) -> Result<Date, Reason> {
    let born = consent.pupil.born;
    if c.today < consent.given_on {
        return Err(Reason::NotYetGiven);
    }
    if c.today < birthday(born, YOUNGEST) {
        return Err(Reason::UnderSixteen);
    }
    let plan = if consent.ehcp && send {
        Plan::Ehcp
    } else {
        Plan::NoPlan
    };
    let end = first_day_not_allowed(born, consent.given_on, c.rules.expiry, plan);
    if c.today < end.day {
        Ok(end.day)
    } else {
        Err(ended(consent, end))
    }
}

/// A consent that was given when the age limit had come never began; the others ended.
fn ended(consent: &Consent, end: Expiry) -> Reason {
    if end.binding.is_birthday() && end.day <= consent.given_on {
        Reason::OverAge
    } else {
        Reason::Expired(end)
    }
}

/// The day on which a missing Year 12 list begins to hold the pupil, where the council wants that.
fn year12_end(consent: &Consent, c: &Circumstances<'_>) -> Date {
    let cohort = consent.pupil.cohort();
    match (c.rules.year12_list, year12_list(cohort, c.lists, c.today)) {
        (Year12Rule::Hold, Year12List::NotDue) => year12_due(cohort),
        _ => Date::MAX,
    }
}

/// Nothing waits for an analyst or for the school.
fn not_held(consent: &Consent, c: &Circumstances<'_>) -> Result<(), Reason> {
    if consent.held_by.is_some() {
        return Err(Reason::HeldNear);
    }
    let missing = year12_list(consent.pupil.cohort(), c.lists, c.today) == Year12List::Missing;
    if missing && c.rules.year12_list == Year12Rule::Hold {
        return Err(Reason::NoYear12List);
    }
    Ok(())
}

/// What an analyst said whose record it is stands only as long as that tie, to that record, is in force.
fn still_tied(disclosed: &Disclosed, tie: Option<RecordMark>) -> Result<(), Reason> {
    if disclosed.by_hand.is_some() && disclosed.by_hand != tie {
        Err(Reason::TieDissolved)
    } else {
        Ok(())
    }
}

fn the_one(matched: &Match) -> Result<&Matched, Reason> {
    match matched {
        Match::One(found) => Ok(found),
        Match::None(miss) => Err(Reason::NoRecord(*miss)),
        Match::Ambiguous(doubt) => Err(Reason::Ambiguous(*doubt)),
        Match::Tied => Err(Reason::TiedRecords),
    }
}

/// What is told of a destination.
struct Told {
    label: Label,
    provider: Option<String>,
    started: Option<Date>,
}

/// Spec 5: a plain label, and a provider only where it tells nothing that nobody agreed to share. What
/// must be held is held before a lapsed record turns into "Not known".
fn destination(found: &Destination, c: &Circumstances<'_>) -> Result<Told, Reason> {
    if found.status == CohortStatus::Closed {
        return Err(Reason::CohortStatusClosed);
    }
    let code = found.activity.ok_or(Reason::CodeAbsent)?;
    let (label, told) = match code.meaning() {
        Meaning::Hold => return Err(Reason::CodeHeld),
        Meaning::Unknown => return Err(Reason::CodeUnknown),
        Meaning::SharedWithoutProvider(label) => (label, false),
        Meaning::Shared(label) => (label, label.tells_provider()),
    };
    let provider = found
        .provider
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    provider_is_free(provider, c)?;
    if found.lapsed || found.lapses.is_some_and(|due| due < c.today) {
        return Ok(Told {
            label: Label::NotKnown,
            provider: None,
            started: None,
        });
    }
    Ok(Told {
        label,
        provider: provider.filter(|_| told).map(str::to_owned),
        started: found.started,
    })
}

fn provider_is_free(provider: Option<&str>, c: &Circumstances<'_>) -> Result<(), Reason> {
    let held = provider.is_some_and(|name| c.rules.hold_providers.name(name));
    if held {
        Err(Reason::ProviderHeld)
    } else {
        Ok(())
    }
}

/// The age from which anything may be shared (clause 2.1).
const YOUNGEST: i32 = 16;
