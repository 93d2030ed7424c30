//! Scheduled releases: a moment that has come, or was missed and is caught up once (spec 7).

use super::{
    FlowError,
    extract::{self, Patience},
    house::House,
    release::{Cause, Occasion, release, with_agreement},
};
use crate::{domain::receipt::Trigger, ledger::Actor};

/// Makes the releases of every schedule whose moment has come.
pub fn serve(house: &mut House) -> Result<(), FlowError> {
    let now = house.now();
    for schedule in house.settings.schedules.clone() {
        let mark = house.ledger.view().schedule(&schedule.name)?;
        let Some(mark) = mark else {
            house
                .ledger
                .write(|tx| tx.know_schedule(&schedule.name, now))?;
            if let Some(moment) = schedule.due(now, None, now, house.settings.release.catch_up) {
                run(house, &schedule.name, moment)?;
            }
            continue;
        };
        if let Some(moment) = schedule.due(
            mark.known_since,
            mark.last_done,
            now,
            house.settings.release.catch_up,
        ) {
            run(house, &schedule.name, moment)?;
        }
    }
    Ok(())
}

fn run(house: &mut House, name: &str, moment: time::OffsetDateTime) -> Result<(), FlowError> {
    let ready = extract::ready(house, Patience::Wait)?;
    let cause = Cause {
        trigger: Trigger::Schedule,
        occasion: Some(Occasion::Moment(format!(
            "{name} {}",
            moment.unix_timestamp()
        ))),
        actor: Actor::System,
    };
    let schools = with_agreement(house);
    release(house, &schools, &cause, &ready)?;
    house.ledger.write(|tx| tx.schedule_done(name, moment))?;
    Ok(())
}
