//! Scheduled releases: a moment that has come, or was missed and is caught up once (spec 7).

use time::{Duration, OffsetDateTime};

use super::{
    FlowError,
    arrivals::Patience,
    extract,
    house::House,
    release::{Cause, Occasion, release, with_agreement},
};
use crate::{
    calendar::Schedule,
    domain::receipt::Trigger,
    ledger::{Actor, Mode},
};

/// Makes the releases of every schedule whose moment has come.
pub fn serve(house: &mut House, patience: Patience) -> Result<(), FlowError> {
    // What a rehearsal did not act on yet is nobody's memory: its ledger may still become a live one.
    if house.is_rehearsal() && house.ledger.view().mode()? == Mode::Fresh {
        return Ok(());
    }
    forget_removed(house)?;
    for schedule in house.settings.schedules.clone() {
        let Some(moment) = due(house, &schedule)? else {
            continue;
        };
        if extract_ready(house, moment, patience)? {
            run(house, &schedule, moment)?;
        }
    }
    Ok(())
}

/// The moment that a schedule ought to act on now. One that is seen for the first time is noted.
fn due(house: &mut House, schedule: &Schedule) -> Result<Option<OffsetDateTime>, FlowError> {
    let (now, key) = (house.now(), key(schedule));
    let known = house.ledger.view().schedule(&key)?;
    if known.is_none() {
        house.ledger.write(|tx| tx.know_schedule(&key, now))?;
    }
    let (known_since, last_done) = known.map_or((now, None), |k| (k.known_since, k.last_done));
    let catch_up = house.settings.release.catch_up;
    Ok(schedule.due(known_since, last_done, now, catch_up))
}

/// Brings in the extract to release from. Where one is just arriving, the moment waits a little: in the
/// daemon for a later pass, so that nothing else has to wait with it.
pub(super) fn extract_ready(
    house: &mut House,
    asked_at: OffsetDateTime,
    patience: Patience,
) -> Result<bool, FlowError> {
    if patience != Patience::None {
        extract::adopt_all(house)?;
        return Ok(true);
    }
    let arriving = extract::adopt_complete(house)?.is_some();
    Ok(!arriving || house.now() - asked_at >= PATIENCE)
}

fn run(house: &mut House, schedule: &Schedule, moment: OffsetDateTime) -> Result<(), FlowError> {
    let ready = extract::ready_at(house, house.now(), false)?;
    let cause = Cause {
        trigger: Trigger::Schedule,
        occasion: Some(Occasion::Moment(format!(
            "{} {}",
            schedule.name,
            moment.unix_timestamp()
        ))),
        actor: Actor::System,
    };
    let schools = with_agreement(house);
    let late = house.now() - moment;
    tracing::info!(
        schedule = schedule.name,
        schools = schools.len(),
        late_seconds = late.whole_seconds(),
        "{}",
        if late > LATE {
            "a schedule's moment was missed and is caught up"
        } else {
            "a schedule's moment has come"
        }
    );
    release(house, &schools, &cause, &ready)?;
    house
        .ledger
        .write(|tx| tx.schedule_done(&key(schedule), moment))?;
    Ok(())
}

/// A schedule that is no longer in the settings, or was changed, is forgotten: should it come back, it
/// begins anew.
fn forget_removed(house: &mut House) -> Result<(), FlowError> {
    let kept: Vec<String> = house.settings.schedules.iter().map(key).collect();
    let mut known = house.ledger.view().schedules()?;
    known.retain(|mark| !kept.contains(&mark.name));
    if known.is_empty() {
        return Ok(());
    }
    house.ledger.write(|tx| {
        known
            .iter()
            .try_for_each(|mark| tx.forget_schedule(&mark.name))
    })?;
    Ok(())
}

/// By what the ledger knows a schedule: one that was changed is another one.
fn key(schedule: &Schedule) -> String {
    format!("{}: {}", schedule.name, schedule.definition())
}

/// A moment that was not missed is served within this time, an extract that was just arriving included.
const LATE: Duration = Duration::minutes(15);
/// How long a release that is due waits for an extract that is just arriving.
const PATIENCE: Duration = Duration::minutes(10);
