//! One pass over everything that may be due. The daemon makes one on every hint and every few seconds;
//! `run --once` makes exactly one. The ledger is the only memory: a pass that dies half-way is finished
//! by the next.

use std::time::Duration;

use super::{
    FlowError,
    arrivals::Patience,
    extract,
    house::House,
    intake::{self, Taking},
    outbox, recall, receipts, requests, retention, schedule,
};

/// Finishes what a crash left half done. Once, at start.
pub fn recover(house: &mut House) -> Result<(), FlowError> {
    outbox::finish_half_done(house)?;
    receipts::publish_waiting(house)?;
    intake::end_claims(house)?;
    for school in house.schools.iter() {
        house.boxes.sweep(school.id)?;
        outbox::tidy(house, school.id)?;
    }
    Ok(())
}

/// Does all that is due: what stops sharing comes before what shares.
pub fn run(house: &mut House, patience: Patience) -> Result<Taking, FlowError> {
    let taken = intake::take_all(house, patience)?;
    recall::sweep(house)?;
    recall::remove_expired(house)?;
    extract::adopt(house, extract::Patience::None)?;
    schedule::serve(house)?;
    requests::serve(house)?;
    retention::remove_old_uploads(house)?;
    Ok(taken)
}

/// One pass with nobody to come back: waits for files that are still arriving, and clears the inboxes of
/// what it took.
pub fn once(house: &mut House) -> Result<Taking, FlowError> {
    recover(house)?;
    let taken = run(house, Patience::UpTo(LONGEST_WAIT))?;
    intake::clear_lingering(house, Duration::ZERO)?;
    Ok(taken)
}

/// How long `--once` waits for files that still grow, above the time that a complete one needs to settle.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
