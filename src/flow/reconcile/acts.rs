//! Notes of the lost time: withdrawals and erasures are done again as of their day, holds and breaches are as they
//! were. What would share more than the backup knows is only told.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::{
    calendar::local_day,
    domain::ids::{SchoolId, SubmissionId},
    flow::{
        FlowError,
        command::Scope,
        house::House,
        notes::{self, Deed, Note},
        notices, rights,
    },
    ledger::{self, Actor, Hold, Restore},
};

/// What the notes tell of the lost time.
#[derive(Default)]
pub(super) struct Acts {
    /// Notes whose act the backup does not know, oldest first.
    pub(super) notes: Vec<(String, Note)>,
    /// Notes that don't open.
    pub(super) unreadable: u32,
}

/// Reads all notes.
pub(super) fn acts(house: &House, restore: &Restore) -> Result<Acts, FlowError> {
    let mut acts = Acts::default();
    for (name, note) in notes::all(house)? {
        match note {
            Some(note) if note.head > restore.head.seq => acts.notes.push((name, note)),
            Some(_) => {}
            None => acts.unreadable += 1,
        }
    }
    Ok(acts)
}

impl Acts {
    /// Numbers that acts were given.
    pub(super) fn ids(&self) -> impl Iterator<Item = SubmissionId> {
        self.notes.iter().flat_map(|(_, note)| note.ids.clone())
    }
}

/// What doing one again came to.
pub(super) enum Done {
    /// A withdrawal of this school stands.
    Withdrawn(SchoolId),
    /// Somebody is erased at these schools.
    Erased(Vec<SchoolId>),
    /// It could not be done: what an operator must know.
    Not(SchoolId, String),
    /// Nothing to tell.
    Quietly,
    /// It is told and not done.
    Told(String),
}

/// Does one again, once.
pub(super) fn again(
    house: &mut House,
    name: &str,
    note: &Note,
    actor: &Actor,
) -> Result<Done, FlowError> {
    match &note.deed {
        Deed::Withdrawn { school, who } => {
            let Ok(who) = who.described() else {
                let why = "a note of a withdrawal makes no sense to this version".to_owned();
                return Ok(Done::Not(*school, why));
            };
            if house.schools.of(*school).is_none() {
                let why = "a withdrawal told to the council waits, because the school's file is not there".to_owned();
                return Ok(Done::Not(*school, why));
            }
            let day = local_day(note.at);
            notices::withdraw_again(house, *school, &who, actor, (name, day))?;
            Ok(Done::Withdrawn(*school))
        }
        Deed::Erased { schools, on } => {
            rights::erase_again(house, schools, *on, name, actor)?;
            Ok(Done::Erased(schools.iter().map(|at| at.school).collect()))
        }
        Deed::Breach {
            about,
            known_at,
            reported,
        } => {
            house.act(|tx| {
                tx.start_clock(about, *known_at)?;
                if *reported {
                    tx.stop_clock(about, note.at)?;
                }
                Ok::<_, FlowError>(())
            })?;
            Ok(Done::Quietly)
        }
        Deed::Held { .. } | Deed::Resumed { .. } => Ok(Done::Quietly),
        Deed::Other { what } => Ok(Done::Told(format!(
            "«pillarbox {what}» was done on {} and is not known any more; look whether it is still wanted",
            local_day(note.at)
        ))),
    }
}

/// Sets the holds that were in force at the end of the lost time. One that was lifted then and was in force at the
/// backup stays in force: it is told.
pub(super) fn hold_again(house: &mut House, acts: &Acts) -> Result<Vec<String>, FlowError> {
    let (mut held, mut told) = (
        BTreeMap::<String, (Scope, bool, OffsetDateTime)>::new(),
        Vec::new(),
    );
    for (_, note) in &acts.notes {
        match &note.deed {
            Deed::Held { scope, recall } => {
                held.insert(words(*scope), (*scope, *recall, note.at));
            }
            Deed::Resumed { scope } if held.remove(&words(*scope)).is_none() => told.push(format!(
                "the hold on {} was lifted on {} and is in force again; «pillarbox resume» ends it",
                words(*scope),
                local_day(note.at)
            )),
            _ => {}
        }
    }
    let in_force = house.ledger.view().holds()?;
    house.act(|tx| {
        for (scope, recall, since) in held.values() {
            let scope = scope
                .school()
                .map_or(ledger::Scope::All, ledger::Scope::School);
            if in_force.iter().all(|hold| hold.scope != scope) {
                tx.hold(&Hold {
                    scope,
                    since: *since,
                    recall: *recall,
                    reason: "set before the ledger was restored".to_owned(),
                })?;
            }
        }
        Ok::<_, FlowError>(())
    })?;
    told.retain(|_| !in_force.is_empty());
    Ok(told)
}

fn words(scope: Scope) -> String {
    scope
        .school()
        .map_or_else(|| "all schools".to_owned(), |id| format!("school {id}"))
}
