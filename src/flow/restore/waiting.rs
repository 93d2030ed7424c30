//! Standing still: between a restore and an operator's word nothing is taken, judged or shared. Schools may go on
//! uploading; their files wait where they are, and lose nothing by it.

use crate::{
    boxes::Tray,
    flow::{FlowError, command::Reply, house::House},
};

/// Whether a backup took the ledger's place and nobody has confirmed yet. Where that can't be told, it is so.
pub fn awaits(house: &House) -> bool {
    !matches!(house.ledger.view().unconfirmed_restore(), Ok(None))
}

/// What is done instead of everything else: said loudly, and nothing stays in an outbox, be it that boxes were
/// copied back.
pub(in crate::flow) fn stand_still(house: &House) {
    house.trouble(DOING, &FlowError::AwaitsReconciling);
    let emptied = || {
        for school in house.boxes.schools()? {
            house.boxes.empty(school, Tray::Outbox)?;
        }
        Ok::<_, FlowError>(())
    };
    match emptied() {
        Ok(()) => house.calm(EMPTYING),
        Err(error) => house.trouble(EMPTYING, &error),
    }
}

/// What an operator is told who asks for anything else.
pub(in crate::flow) fn refusal() -> Reply {
    Reply::Refused {
        why: "everything is on hold: a backup was restored, and nobody has confirmed what was found of the time since".to_owned(),
        next: "pillarbox restore --reconcile (the daemon stopped); «resume» does not end this hold".to_owned(),
    }
}

const DOING: &str = "waiting after a restore";
const EMPTYING: &str = "emptying outboxes";
