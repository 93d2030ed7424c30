//! A pupil tells the council, and not the school, that consent is withdrawn. It is judged as a row of a
//! school's own file of withdrawals would be, and stands in the record under a number of its own. It is no
//! upload, so the school gets no receipt for it, but a notice where it may have read something.

use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;

use super::opening::open_due;
use crate::{
    domain::{
        ids::{NoticeId, ReleaseId, SchoolId, SubmissionId},
        list::{Cell, FileKind, ListRow, PupilList, Withdrawal},
        pupil::Description,
    },
    flow::{
        FlowError,
        command::Reply,
        facts::{SchoolFacts, SealedFacts},
        house::House,
        recall, receipts,
        recording::{SealedChanges, Source, apply},
        who::Who,
    },
    ledger::{Act, Actor, Tx, Verb},
    policy::judge::{Judgement, Situation, WithdrawalScale, judge},
};

/// Withdraw a consent for a pupil who told the council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdraw {
    /// The school that collected the consent.
    pub school: SchoolId,
    /// Whose consent.
    pub who: Who,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Under which number it stands in the record.
    pub id: SubmissionId,
    /// The school.
    pub school: SchoolId,
    /// Consents that are withdrawn by it.
    pub withdrawn: u32,
    /// Pupils whom it nearly fits, and who are held until an analyst settles it.
    pub held: u32,
    /// It fits nobody on record and is remembered for a list that comes later.
    pub remembered: bool,
    /// Files that were taken back.
    pub recalled: Vec<ReleaseId>,
    /// Notices to destroy that were sent.
    pub notices: Vec<NoticeId>,
}

/// Withdraws: the consent first, then the files that hold the pupil, then the notice. When this returns,
/// all of it has happened.
pub(in crate::flow) fn withdraw(
    house: &mut House,
    command: &Withdraw,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let who = match command.who.described() {
        Ok(who) => who,
        Err(fault) => {
            return Ok(Reply::Refused {
                why: fault.to_string(),
                next: "tell the person again".to_owned(),
            });
        }
    };
    let school = house.school_of(command.school)?;
    let today = house.today();
    let mut done = record(house, command.school, &who, actor, today, |_| Ok(()))?;
    let live = |house: &House| -> Result<Vec<ReleaseId>, FlowError> {
        let live = house.ledger.view().live_releases(Some(school.id))?;
        Ok(live.iter().map(|release| release.plan.id).collect())
    };
    let before = live(house)?;
    recall::sweep(house)?;
    let after = live(house)?;
    done.recalled = before;
    done.recalled.retain(|id| !after.contains(id));
    done.notices = open_due(house)?;
    receipts::publish_waiting(house)?;
    Ok(Reply::Withdrawn(done))
}

/// After a restore: withdraws as of the day on which the pupil told the council, once for its note. What follows
/// is drawn with everything else.
pub(in crate::flow) fn withdraw_again(
    house: &mut House,
    school: SchoolId,
    who: &Description,
    actor: &Actor,
    (note, day): (&str, Date),
) -> Result<(), FlowError> {
    if house.ledger.view().was_replayed(note)? {
        return Ok(());
    }
    let once = |tx: &Tx<'_>| Ok(tx.replay(note).map(drop)?);
    record(house, school, who, actor, day, once).map(drop)
}

/// Judges and records it as of a day, with whatever else belongs into the same commit.
fn record(
    house: &mut House,
    school: SchoolId,
    who: &Description,
    actor: &Actor,
    today: Date,
    besides: impl FnOnce(&Tx<'_>) -> Result<(), FlowError>,
) -> Result<Withdrawn, FlowError> {
    let now = house.now();
    let (vault, rules) = (house.vault.clone(), house.list_rules());
    let school = house.school_of(school)?;
    let list = one_row(who);
    house.act(|tx| {
        besides(tx)?;
        let facts = SealedFacts::read(tx, school.id, FileKind::Withdrawal)?.open(&vault)?;
        let id = tx.told_to_council(school.id, now)?;
        let situation = Situation {
            school: &school,
            today,
            submission: id,
            rules: &rules,
            consents: &facts.consents,
            lists: &facts.lists,
            remembered: &facts.remembered,
            undoable: &facts.undoable,
        };
        let judgement = judge(FileKind::Withdrawal, &list, &situation);
        let changes = sealed(&vault, school.id, judgement, &facts);
        let source = Source {
            school: school.id,
            submission: id,
            at: now,
            today,
            scale: WithdrawalScale::Usual,
        };
        apply(tx, &changes, &source)?;
        let effects = changes.effects();
        let done = Withdrawn {
            id,
            school: school.id,
            withdrawn: effects.withdrawn,
            held: effects.held,
            remembered: changes.remembered() > 0,
            recalled: Vec::new(),
            notices: Vec::new(),
        };
        tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: Verb::ConsentWithdrawn,
            subject: id.to_string(),
            school: Some(school.id),
            detail: json!({
                "withdrawn": done.withdrawn, "held": done.held, "remembered": done.remembered,
            }),
        })?;
        Ok(done)
    })
}

fn sealed(
    vault: &crate::vault::Vault,
    school: SchoolId,
    judgement: Judgement,
    facts: &SchoolFacts,
) -> SealedChanges {
    SealedChanges::seal(vault, school, judgement.changes, facts)
}

/// The file of withdrawals that a school would have sent.
fn one_row(who: &Description) -> PupilList {
    fn cell<T: Clone>(told: Option<&T>) -> Cell<T> {
        told.cloned().map_or(Cell::Blank, Cell::Read)
    }
    let row = ListRow {
        number: 1,
        forename: cell(who.forename.as_ref()),
        surname: cell(who.surname.as_ref()),
        born: cell(who.born.as_ref()),
        upn: cell(who.upn.as_ref()),
        uln: cell(who.uln.as_ref()),
        withdrawn: Withdrawal::Yes,
        ..ListRow::default()
    };
    PupilList {
        rows: vec![row],
        ..PupilList::default()
    }
}
