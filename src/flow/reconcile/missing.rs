//! What was answered in the lost time and is nowhere: where it may have stopped sharing for somebody, the school
//! stays on hold until it has sent it again. Sharing less is safe.

use std::collections::BTreeSet;

use super::{
    acts::Acts,
    boxes_seen::{BoxesSeen, number},
    report::{MissingUpload, Report, TakenAgain},
};
use crate::{
    calendar::local_day,
    domain::{
        ids::SubmissionId,
        problem::{Problem, ProblemCode},
        receipt::{Counts, Kind, Outcome, Receipt},
    },
    flow::{FlowError, house::House, words::long_day},
    ledger::Restore,
    vault::to_hex,
};

/// Compares what was answered with what is here now, and says who stays on hold and why.
pub(super) fn look(
    house: &House,
    restore: &Restore,
    seen: &BoxesSeen,
    acts: &Acts,
    report: &mut Report,
) -> Result<(), FlowError> {
    let unanswered = tell_uploads(house, restore, seen, report)?;
    for receipt in &seen.newer {
        if receipt.kind == Kind::Release && receipt.outcome == Outcome::Released {
            let lost = &mut report.school(receipt.school).releases_lost;
            lost.push(receipt.id.clone());
        }
        let is_upload = receipt.id.starts_with('S') && receipt.file.is_some();
        if is_upload && changed_something(receipt) && !is_here(house, report, receipt)? {
            report.school(receipt.school).missing.push(MissingUpload {
                id: receipt.id.clone(),
                kind: receipt.kind,
                at: receipt.at,
                may_stop_sharing: may_stop_sharing(receipt),
            });
        }
    }
    let since = long_day(local_day(restore.made_at));
    for (school, gone) in &seen.gone {
        let one = report.school(*school);
        one.receipts_put_back = *gone;
        one.hold = Some(format!(
            "Its box is not the one that was in use: receipts from before the backup were missing in it. Ask the school to send whatever it sent since {since}, withdrawals first."
        ));
    }
    for receipt in &seen.newer {
        hold_for_consequences(receipt, report);
    }
    for one in report.schools.values_mut() {
        let asked: Vec<String> = one
            .missing
            .iter()
            .filter(|missing| missing.may_stop_sharing)
            .map(|missing| format!("{} of {}", missing.id, long_day(local_day(missing.at))))
            .collect();
        if !asked.is_empty() && one.hold.is_none() {
            one.hold = Some(format!(
                "Ask the school to send again: {}. Each may have withdrawn somebody, and its copy is nowhere.",
                asked.join(", ")
            ));
        }
    }
    hold_all(restore, seen, acts, unanswered, report);
    Ok(())
}

/// Tells every upload that was taken since the restore, from its sealed copy or from an inbox, with the receipt that
/// answered it in the lost time. Returns how many of that time had none.
fn tell_uploads(
    house: &House,
    restore: &Restore,
    seen: &BoxesSeen,
    report: &mut Report,
) -> Result<usize, FlowError> {
    let mut unanswered = 0;
    let mut answers: Vec<&Receipt> = seen.newer.iter().collect();
    let after = restore.counters.submissions;
    for upload in house.ledger.view().arrived_after(after)? {
        let hash = to_hex(&upload.sha256);
        let is_its = |receipt: &&Receipt| {
            receipt.school == upload.school
                && receipt.id.starts_with('S')
                && receipt
                    .file
                    .as_ref()
                    .is_some_and(|file| file.sha256 == hash)
        };
        let answer = answers.iter().position(is_its).map(|at| answers.remove(at));
        let one = report.school(upload.school);
        if let Some(answer) = answer {
            one.taken_again.push(TakenAgain {
                id: upload.id,
                was: answer.id.clone(),
            });
        } else {
            one.taken_now += 1;
            unanswered += usize::from(upload.taken_at < restore.restored_at);
        }
    }
    Ok(unanswered)
}

/// A file was taken back or a notice sent, and nothing that was done again explains it.
fn hold_for_consequences(receipt: &Receipt, report: &mut Report) {
    let follows_a_no = receipt.kind == Kind::Notice || receipt.outcome == Outcome::Recalled;
    if !follows_a_no {
        return;
    }
    let one = report.school(receipt.school);
    let explained = one.withdrawn_again > 0
        || one.erased_again > 0
        || one.taken_now > 0
        || !one.taken_again.is_empty();
    if !explained && one.hold.is_none() {
        one.hold = Some(format!(
            "{} says that sharing was stopped for somebody, and nobody here knows for whom. Ask the school and your colleagues who was withdrawn since, and withdraw them.",
            receipt.id
        ));
    }
}

/// Numbers that were given in the lost time and stand on nothing that is left are mostly withdrawals told to the
/// council, of nobody knows which school.
fn hold_all(
    restore: &Restore,
    seen: &BoxesSeen,
    acts: &Acts,
    unanswered: usize,
    report: &mut Report,
) {
    let known: BTreeSet<u64> = seen
        .newer
        .iter()
        .map(|receipt| number(&receipt.id).submissions)
        .chain(acts.ids().map(SubmissionId::number))
        .collect();
    let highest = known.last().copied().unwrap_or_default();
    let lost: Vec<u64> = (restore.counters.submissions + 1..=highest)
        .filter(|number| !known.contains(number))
        .collect();
    let since = long_day(local_day(restore.made_at));
    if lost.len() > unanswered {
        let numbers: Vec<String> = lost.iter().map(|n| format!("S{n:06}")).collect();
        report.hold_all = Some(format!(
            "{} stand on no receipt and no note: withdrawals or erasures told to the council, or files that arrived at the last moment. Ask your colleagues whom they withdrew or erased since {since}, do that again, then «pillarbox resume --all».",
            numbers.join(", ")
        ));
    }
    if acts.notes.is_empty() {
        report.to_look_at.push(format!(
            "No note of the time since {since} is left. If colleagues withdrew or erased somebody for a pupil who told the council, do it again now."
        ));
    }
}

/// Whether the upload that a receipt answers is in the ledger, under whatever number.
fn is_here(house: &House, report: &mut Report, receipt: &Receipt) -> Result<bool, FlowError> {
    let again = &report.school(receipt.school).taken_again;
    if again.iter().any(|again| again.was == receipt.id) {
        return Ok(true);
    }
    let Ok(id) = receipt.id.parse() else {
        return Ok(false);
    };
    let same = house.ledger.view().submission(id)?;
    let hash = receipt.file.as_ref().map(|file| file.sha256.clone());
    Ok(same.is_some_and(|same| Some(to_hex(&same.taken.sha256)) == hash))
}

fn changed_something(receipt: &Receipt) -> bool {
    let same = |problem: &Problem| problem.code == ProblemCode::SameAsEarlier;
    !receipt.problems.iter().any(same)
        && (receipt.outcome != Outcome::Rejected || may_stop_sharing(receipt))
}

/// Whatever is not known to have stopped sharing for nobody.
fn may_stop_sharing(receipt: &Receipt) -> bool {
    match receipt.kind {
        Kind::Withdrawal => true,
        Kind::ConsentList | Kind::Addition => match receipt.counts {
            Some(Counts::Rows(rows)) if receipt.outcome != Outcome::Rejected => {
                rows.withdrawn + rows.not_consented + rows.lapsed + rows.rejected > 0
            }
            _ => true,
        },
        _ => false,
    }
}
