//! Reminders: of notices that a school has not confirmed, and of destination files that nobody collected.

use std::sync::Arc;

use serde_json::json;
use time::OffsetDateTime;

use super::opening::enclose;
use crate::{
    calendar::instant,
    domain::{
        receipt::{Kind, NoticeFacts, Outcome},
        school::School,
    },
    flow::{FlowError, house::House, on_record, receipts::Draft},
    ledger::{Act, Actor, Notice, Release, Tx, Verb},
};

/// Reminds schools of what waits for them.
pub fn remind(house: &mut House) -> Result<(), FlowError> {
    of_notices(house)?;
    of_files(house)
}

/// Every `notices.remind_after` until the school confirms; with the list once more, for whoever may collect
/// by now.
fn of_notices(house: &mut House) -> Result<(), FlowError> {
    let (now, every) = (house.now(), house.settings.notices.remind_after);
    let is_due = |notice: &Notice| {
        let reminders = i32::try_from(notice.reminders).unwrap_or(i32::MAX);
        now >= notice.opened_at + every * reminders.saturating_add(1)
    };
    let mut open = house.ledger.view().open_notices(None)?;
    open.retain(is_due);
    for notice in open {
        let Some(school) = house.schools.of(notice.school).cloned() else {
            continue;
        };
        // After a long silence one reminder says it all.
        let missed = (now - notice.opened_at).whole_seconds() / every.whole_seconds().max(1);
        let number = u32::try_from(missed).unwrap_or(u32::MAX);
        remind_of_notice(house, &school, &notice, number)?;
    }
    Ok(())
}

fn remind_of_notice(
    house: &mut House,
    school: &Arc<School>,
    notice: &Notice,
    number: u32,
) -> Result<(), FlowError> {
    let pupils = house.ledger.view().notice_pupils(notice.id)?;
    let (facts, enclosed) = enclose(house, school, &pupils)?;
    let draft = Draft {
        notice: Some(NoticeFacts {
            id: notice.id,
            submission: notice.submission,
            ..facts
        }),
        enclosed,
        ..reminder(notice.id.to_string(), number)
    };
    send(house, school, draft, |tx| {
        Ok(tx.reminded_of_notice(notice.id, number)?)
    })
}

/// At half and at nine tenths of a file's time in the outbox (spec 5), unless somebody collected it.
fn of_files(house: &mut House) -> Result<(), FlowError> {
    let now = house.now();
    for release in house.ledger.view().live_releases(None)? {
        let number = reminders_due(&release, now);
        if number <= release.reminders {
            continue;
        }
        let Some(school) = house.schools.of(release.plan.school).cloned() else {
            continue;
        };
        if house.ledger.view().is_collected(release.plan.id)? {
            continue;
        }
        let draft = Draft {
            release: Some(on_record::told(house, &release)?),
            ..reminder(release.plan.id.to_string(), number)
        };
        send(house, &school, draft, |tx| {
            Ok(tx.reminded_of_release(release.plan.id, number)?)
        })?;
    }
    Ok(())
}

/// How many reminders of a file ought to have been sent by now.
fn reminders_due(release: &Release, now: OffsetDateTime) -> u32 {
    let Some(end) = release.plan.keep_until else {
        return 0;
    };
    let (made, end) = (release.plan.at, instant(end.midnight()));
    let life = end - made;
    let due = |tenths: i32| now >= made + life * tenths / 10;
    u32::from(due(5)) + u32::from(due(9))
}

fn reminder(id: String, number: u32) -> Draft {
    Draft::of(
        id,
        format!("reminder-{number}"),
        Kind::Reminder,
        Outcome::Open,
    )
}

fn send(
    house: &mut House,
    school: &Arc<School>,
    draft: Draft,
    note: impl FnOnce(&Tx<'_>) -> Result<(), FlowError>,
) -> Result<(), FlowError> {
    let (desk, now) = (house.desk(), house.now());
    house.act(|tx| {
        note(tx)?;
        let head = tx.record(&Act {
            at: now,
            actor: Actor::System,
            verb: Verb::ReminderSent,
            subject: draft.id.clone(),
            school: Some(school.id),
            detail: json!({"what": draft.title}),
        })?;
        let _ = tx.put_receipt(&desk.write(draft, school, now, head)?)?;
        Ok::<_, FlowError>(())
    })
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;
    use crate::{
        domain::{
            ids::ReleaseId,
            receipt::{ExpiryRule, ReleaseCounts, Trigger},
        },
        ledger::{NewRelease, ReleaseState},
    };

    #[test]
    fn a_file_is_spoken_of_at_half_and_at_nine_tenths_of_its_time() {
        let release = Release {
            plan: NewRelease {
                id: ReleaseId::new(1),
                school: "8604001".parse().unwrap(),
                trigger: Trigger::Operator,
                occasion: None,
                at: datetime!(2026-11-01 00:00 UTC),
                supersedes: None,
                extract: None,
                expiry_rule: ExpiryRule::Earliest,
                counts: ReleaseCounts::default(),
                keep_until: Some(date!(2026 - 12 - 01)),
                sound_until: None,
                revision: 0,
            },
            state: ReleaseState::Published,
            files: Vec::new(),
            recipients: Vec::new(),
            closed_at: None,
            reminders: 0,
        };
        for (now, due) in [
            (datetime!(2026-11-15 23:59 UTC), 0),
            (datetime!(2026-11-16 00:00 UTC), 1),
            (datetime!(2026-11-27 23:59 UTC), 1),
            (datetime!(2026-11-28 00:00 UTC), 2),
            (datetime!(2026-12-24 00:00 UTC), 2),
        ] {
            assert_eq!(reminders_due(&release, now), due, "{now}");
        }
    }
}
