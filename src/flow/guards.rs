//! What must not go on by itself: a ledger that is gone, and a clock that went back. Both would share what
//! may no longer be shared: the one forgets withdrawals, the other lets consents last longer.

use std::{fs, path::Path};

use time::Duration;
use tracing::error;

use super::{FlowError, command::Scope, hold, house::House};
use crate::{
    config::Folders,
    ledger::{Actor, Instance},
};

/// Refuses to begin anew where a ledger was: with an empty one, all withdrawals were forgotten, and the sealed
/// copies of uploads cleared away as nobody's.
pub(super) fn refuse_if_ledger_is_gone(folders: &Folders) -> Result<(), FlowError> {
    let lock = Instance::lock_file(&folders.state);
    if !lock.exists() {
        return Ok(());
    }
    let gone = match fs::metadata(&folders.ledger) {
        Ok(file) if file.len() > 0 => false,
        // One that was cut off while it was first made has taken nothing yet.
        Ok(_) => holds_something(&folders.spool),
        Err(_) => true,
    };
    if gone {
        return Err(FlowError::LedgerGone {
            ledger: folders.ledger.clone(),
            lock,
        });
    }
    Ok(())
}

fn holds_something(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// Holds all sharing where the clock shows a time before the ledger's last act: nobody knows which of the two was
/// right. Once somebody has looked and said so, it goes on from the time that is now.
pub(super) fn look_at_the_clock(house: &mut House) -> Result<(), FlowError> {
    if house.is_rehearsal() {
        return Ok(());
    }
    let now = house.now();
    let Some(last) = house.sight.latest_act(now) else {
        return Ok(());
    };
    if last - now < TOLERATED || house.ledger.view().all_held_since()?.is_some() {
        return Ok(());
    }
    error!(
        back_seconds = (last - now).whole_seconds(),
        "the clock went back; all sharing is on hold until somebody has looked at it and says «pillarbox resume --all»"
    );
    let _ = hold::hold(house, Scope::All, REASON, false, &Actor::System)?;
    Ok(())
}

/// Clocks are set right by less than this, day by day.
const TOLERATED: Duration = Duration::hours(1);
/// Stands in the hold.
const REASON: &str = "the clock went back";
