//! One pass over everything that may be due. The daemon makes one on every hint and every few seconds;
//! `run --once` makes exactly one. The ledger is the only memory: a pass that dies half-way is finished
//! by the next. What fails in one part keeps no other part from its work.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    FlowError,
    arrivals::Patience,
    extract, forecast,
    front_end::{handed_over, served},
    guards,
    house::House,
    intake::{self, Taking},
    keys, lingering, notes, notices, recall, receipts, requests, restore, retention, schedule,
    sight::lookout,
    trail::{changes, checkpoints},
    unfinished,
};
use crate::domain::{ids::SchoolId, school::School};

/// Clears away what a crash left half done. Once, at start.
pub fn recover(house: &mut House) -> Result<(), FlowError> {
    if restore::awaits(house) {
        restore::stand_still(house);
        return Ok(());
    }
    lingering::end_claims(house)?;
    handed_over::clear_litter(house);
    intake::remove_orphans(house)?;
    unfinished::clear_litter(house)
}

/// Does all that is due: what stops sharing comes before what shares. What failed is in
/// [`House::troubles`].
fn run(house: &mut House, patience: Patience) -> Taking {
    part(house, "looking at the clock", guards::look_at_the_clock);
    part(house, "recording what was collected", |house| {
        served::record(house);
        Ok(())
    });
    part(
        house,
        "recording what the council's files say",
        changes::record,
    );
    let schools = house.all_schools();
    let taking = part(house, "taking uploads", |house| {
        intake::take_all(house, &schools, patience)
    });
    part(house, "finishing releases", unfinished::finish);
    part(
        house,
        "removing files whose time is up",
        recall::remove_expired,
    );
    part(house, "taking files back", recall::sweep);
    part(house, "sending notices", notices::open_due);
    part(house, "reminding", notices::remind);
    part(house, "answering", receipts::publish_waiting);
    part(house, "taking in an extract", extract::adopt);
    costly(house, "releasing by schedule", |house| {
        schedule::serve(house, patience)
    });
    costly(house, "releasing on request", |house| {
        requests::serve(house, patience)
    });
    keep_house(house, patience);
    taking.unwrap_or_default()
}

/// Does what nobody waits for: counting ahead, the archive, and what goes because its time is over.
fn keep_house(house: &mut House, patience: Patience) {
    part(house, "counting consents that end soon", |house| {
        forecast::count(house, patience)
    });
    part(
        house,
        "sealing uploads to the archive",
        retention::seal_to_archive,
    );
    part(house, "removing old uploads", retention::remove_old_uploads);
    part(
        house,
        "erasing old disclosures",
        retention::erase_disclosures,
    );
    part(house, "removing old receipts", retention::erase_receipts);
    part(house, "erasing old notices", retention::erase_notices);
    part(house, "sealing anew", keys::seal_some_anew);
    part(house, "changing the host key", keys::promote);
    part(house, "signing the trail", checkpoints::daily);
    checkpoints::publish(house);
    part(house, "removing old notes", notes::remove_old);
}

/// Answers what these schools have just sent, before a pass looks at all others. What stops sharing is done
/// before its receipt says so.
pub fn answer(house: &mut House, schools: &BTreeSet<SchoolId>) -> Taking {
    if restore::awaits(house) {
        return Taking::default();
    }
    let known = schools
        .iter()
        .filter_map(|id| house.schools.of(*id).cloned());
    let schools: Vec<Arc<School>> = known.collect();
    let taking = part(house, "taking uploads", |house| {
        intake::take_all(house, &schools, Patience::None)
    });
    let taking = taking.unwrap_or_default();
    if taking.taken > 0 {
        part(house, "taking files back", |house| {
            recall::sweep_of(house, &schools)
        });
        part(house, "sending notices", notices::open_due);
        part(house, "answering", receipts::publish_waiting);
    }
    taking
}

/// One pass of the daemon, which comes back by itself; names linger as long as the settings say.
pub fn look(house: &mut House) -> Taking {
    if restore::awaits(house) {
        restore::stand_still(house);
        return Taking::default();
    }
    let began = Instant::now();
    let taking = run(house, Patience::None);
    let linger = house.settings.intake.linger;
    part(house, "clearing inboxes", |house| {
        lingering::clear(house, linger)
    });
    handed_over::clear(house, linger);
    house.sight.looked(began.elapsed());
    lookout::look(house);
    taking
}

/// One pass with nobody to come back: waits for files that are still arriving, and clears the inboxes of
/// what it took.
pub fn once(house: &mut House) -> Result<Taking, FlowError> {
    recover(house)?;
    if restore::awaits(house) {
        return Ok(Taking::default());
    }
    let taken = run(house, Patience::UpTo(LONGEST_WAIT));
    part(house, "clearing inboxes", |house| {
        lingering::clear(house, Duration::ZERO)
    });
    handed_over::clear(house, Duration::ZERO);
    Ok(taken)
}

/// Does one part that reads a whole extract: where it failed, not at every pass.
fn costly(house: &mut House, doing: &str, work: impl FnOnce(&mut House) -> Result<(), FlowError>) {
    if !house.failed_just_now(doing) {
        part(house, doing, work);
    }
}

/// Does one part, unless it is time to stop; what goes wrong is told, and tried again at the next pass.
fn part<T>(
    house: &mut House,
    doing: &str,
    work: impl FnOnce(&mut House) -> Result<T, FlowError>,
) -> Option<T> {
    if house.is_stopping() {
        return None;
    }
    let worked = work(house);
    house.sight.moved();
    match worked {
        Ok(done) => {
            house.calm(doing);
            Some(done)
        }
        Err(FlowError::Stopping) => None,
        Err(error) => {
            house.trouble(doing, &error);
            None
        }
    }
}

/// How long `--once` waits for files that still grow, above the time that a complete one needs to settle.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
