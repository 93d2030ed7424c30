//! Releases that were begun and not finished, after a crash or a full disk: published from what lies ready,
//! or taken back. What is in the ledger decides.

use super::{FlowError, hold, house::House, outbox, recall, receipts, trail::checkpoints};
use crate::{
    boxes::{FileName, Left, Tray},
    domain::ids::SchoolId,
    ledger::Release,
};

/// After a crash: removes what was half written. Files of releases that the ledger knows stay where they
/// are until they are published.
pub(super) fn clear_litter(house: &House) -> Result<(), FlowError> {
    let unfinished = house.ledger.view().unfinished_releases()?;
    for school in house.schools.iter() {
        if unfinished.iter().any(|r| r.plan.school == school.id) {
            continue;
        }
        clear(house, school.id);
    }
    Ok(())
}

fn clear(house: &House, school: SchoolId) {
    let doing = format!("clearing the box of {school}");
    let swept = house.boxes.sweep(school).map_err(FlowError::from);
    match swept.and_then(|_| outbox::tidy(house, school)) {
        Ok(()) => house.calm(&doing),
        Err(error) => house.trouble(&doing, &error),
    }
}

/// Releases that were committed and not published, because of a crash or a full disk, are published now
/// from their staged files. Where a staged file is gone, or sharing has stopped since, the release is taken
/// back, and made again from what it disclosed.
pub(super) fn finish(house: &mut House) -> Result<(), FlowError> {
    let on_hold = hold::schools_on_hold(&house.ledger.view())?;
    for release in house.ledger.view().unfinished_releases()? {
        let Some(school) = house.schools.of(release.plan.school).cloned() else {
            continue;
        };
        let stands = recall::stands_unlooked(house, &release, &school)?;
        // What was begun before a hold waits for its end. It may be seen already, so that what no longer
        // stands is taken back all the same.
        if stands && on_hold.contains(school.id) {
            continue;
        }
        if stands && reveal_staged(house, &release)? {
            house.boxes.sync()?;
            receipts::publish_waiting(house)?;
            let (desk, now) = (house.desk(), house.now());
            house.ledger.write(|tx| {
                tx.published(release.plan.id)?;
                checkpoints::sign(tx, &desk, now, checkpoints::Occasion::Release)
            })?;
        } else {
            recall::give_up(house, &release, &school)?;
        }
        clear(house, school.id);
    }
    Ok(())
}

fn reveal_staged(house: &House, release: &Release) -> Result<bool, FlowError> {
    let mut all = !release.files.is_empty();
    for file in &release.files {
        let name = FileName::parse(&file.name)?;
        let left =
            house
                .boxes
                .reveal_left(release.plan.school, Tray::Outbox, &name, &file.sha256)?;
        all &= left == Left::Revealed;
    }
    Ok(all)
}
