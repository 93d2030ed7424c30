//! What goes by local days, once a day: what releases told, receipts, whom notices were about. Files go
//! before the ledger forgets them, so that a crash between leaves nothing behind and nothing undone.

use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime};

use crate::{
    boxes::{FileName, Tray},
    calendar::{instant, local_day},
    config::Retention,
    flow::{FlowError, fault, house::House},
    ledger::{Act, Actor, Keyless, LedgerError, Store, StoredReceipt, Tx, Verb},
};

/// Erases what releases told of their pupils, where it is older than `retention.disclosures`. That they
/// were made stays.
pub fn erase_disclosures(house: &mut House) -> Result<(), FlowError> {
    once_a_day(house, Store::Disclosures, |house, before| {
        let old = house.ledger.view().disclosures_before(before, BATCH)?;
        let (first, last) = (old.first(), old.last());
        let span = json!({
            "releases": old.len(),
            "first": first.map(ToString::to_string),
            "last": last.map(ToString::to_string),
        });
        erase(house, Store::Disclosures, old.len(), span, |tx| {
            old.iter().try_for_each(|id| tx.erase_disclosures(*id))
        })
    })
}

/// Removes receipts that are older than `retention.receipts`, and erases what they said.
pub fn erase_receipts(house: &mut House) -> Result<(), FlowError> {
    once_a_day(house, Store::Receipts, |house, before| {
        let old = house.ledger.view().receipts_before(before, BATCH)?;
        for (_, receipt) in &old {
            take_out(house, receipt)?;
        }
        house.boxes.sync()?;
        fault::point("receipts-after-remove-before-erase");
        let ids: Vec<_> = old.iter().map(|(id, _)| *id).collect();
        let count = json!({"count": ids.len()});
        erase(house, Store::Receipts, ids.len(), count, |tx| {
            tx.erase_receipts(&ids)
        })
    })
}

/// Erases whom notices were about that were closed longer than `retention.notices` ago.
pub fn erase_notices(house: &mut House) -> Result<(), FlowError> {
    once_a_day(house, Store::Notices, |house, before| {
        let old = house.ledger.view().notices_closed_before(before, BATCH)?;
        let notices: Vec<String> = old.iter().map(ToString::to_string).collect();
        let which = json!({"notices": notices});
        erase(house, Store::Notices, old.len(), which, |tx| {
            old.iter().try_for_each(|id| tx.erase_notice_pupils(*id))
        })
    })
}

/// When something of a store goes next, and how much goes on that day.
pub fn next_going(
    ledger: &Keyless<'_>,
    settings: &Retention,
    store: Store,
    today: Date,
) -> Result<(Option<Date>, u32), LedgerError> {
    let Some(oldest) = ledger.oldest_in(store)? else {
        return Ok((None, 0));
    };
    let keep = keeps(settings, store);
    if store == Store::Uploads {
        let next = local_day(oldest + keep).max(today);
        let end = next.next_day().unwrap_or(next).midnight();
        let count = ledger.count_in(store, instant(end) - keep)?;
        return Ok((Some(next), count));
    }
    let done = ledger.last_done_on(store.word())? == Some(today);
    let soonest = if done {
        today.next_day().unwrap_or(today)
    } else {
        today
    };
    let next = (local_day(oldest) + Duration::days(keep.whole_days())).max(soonest);
    let count = ledger.count_in(store, end_of_time(next, keep))?;
    Ok((Some(next), count))
}

/// For how long a store is kept.
pub fn keeps(settings: &Retention, store: Store) -> Duration {
    match store {
        Store::Uploads => settings.uploads,
        Store::Disclosures => settings.disclosures,
        Store::Receipts => settings.receipts,
        Store::Notices => settings.notices,
    }
}

/// What is older than this instant has no place in a store any more on this day: what came on a day is kept
/// for so many local days after it.
fn end_of_time(today: Date, keep: Duration) -> OffsetDateTime {
    let first_kept = today - Duration::days(keep.whole_days()) + Duration::DAY;
    instant(first_kept.midnight())
}

/// Does a job once a local day, piece by piece until nothing is left of it.
fn once_a_day(
    house: &mut House,
    store: Store,
    mut piece: impl FnMut(&mut House, OffsetDateTime) -> Result<usize, FlowError>,
) -> Result<(), FlowError> {
    let (today, job) = (house.today(), store.word());
    if house.ledger.view().last_done_on(job)? == Some(today) {
        return Ok(());
    }
    let before = end_of_time(today, keeps(&house.settings.retention, store));
    while piece(house, before)? > 0 {
        if house.is_stopping() {
            return Err(FlowError::Stopping);
        }
    }
    Ok(house.ledger.write(|tx| tx.done_on(job, today))?)
}

/// Erases a piece, with its row in the trail. Tells how much it was.
fn erase(
    house: &mut House,
    store: Store,
    count: usize,
    detail: Value,
    work: impl FnOnce(&Tx<'_>) -> Result<(), LedgerError>,
) -> Result<usize, FlowError> {
    if count == 0 {
        return Ok(0);
    }
    let now = house.now();
    house.ledger.write(|tx| {
        work(tx)?;
        tx.record(&Act {
            at: now,
            actor: Actor::System,
            verb: match store {
                Store::Uploads => Verb::UploadsErased,
                Store::Disclosures => Verb::DisclosuresErased,
                Store::Receipts => Verb::ReceiptsErased,
                Store::Notices => Verb::NoticesErased,
            },
            subject: store.word().to_owned(),
            school: None,
            detail,
        })?;
        Ok::<_, FlowError>(())
    })?;
    Ok(count)
}

/// Takes a receipt's files out of its box, the text first: a text is never seen without its proof.
fn take_out(house: &House, receipt: &StoredReceipt) -> Result<(), FlowError> {
    let tray = match house.boxes.tray(receipt.school, Tray::Receipts) {
        Ok(tray) => tray,
        // A box that somebody removed holds nothing any more.
        Err(error) if error.is_missing() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let enclosed = receipt.enclosure.as_ref().map(|e| e.name.clone());
    let files = ["receipt.txt", "receipt.json.sig", "receipt.json"];
    let files = files.map(|extension| format!("{}.{extension}", receipt.stem));
    for name in files.into_iter().chain(enclosed) {
        tray.remove(&FileName::parse(&name)?)?;
    }
    Ok(())
}

/// Releases, receipts or notices that go in one commit.
const BATCH: u32 = 256;

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn what_came_on_a_day_is_kept_for_so_many_days_by_the_clock_on_the_wall() {
        let keep = Duration::days(1);
        // 31 March 2027 begins at 23:00 UTC of the day before: summer time.
        let end = end_of_time(date!(2027 - 03 - 31), keep);
        assert_eq!(end, datetime!(2027-03-30 23:00 UTC));
        let end = end_of_time(date!(2027 - 03 - 28), keep);
        assert_eq!(end, datetime!(2027-03-28 00:00 UTC));
    }

    proptest! {
        #[test]
        fn nothing_goes_before_its_days_are_over_and_all_goes_when_they_are(
            hours in 0_i64..40_000, days in 1_i64..2_500, later in 0_i64..2_600
        ) {
            let came = datetime!(2026-09-01 00:30 UTC) + Duration::hours(hours);
            let today = local_day(came) + Duration::days(later);
            let goes = came < end_of_time(today, Duration::days(days));
            prop_assert_eq!(goes, later >= days);
            prop_assert!(later < days || goes);
        }
    }
}
