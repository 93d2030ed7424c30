//! Who keeps an eye on the house: hears every act, times receipts, and gathers now and then how things
//! stand. What it gathers goes onto a shelf; nobody who asks there reaches the ledger.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use time::OffsetDateTime;
use tracing::{info, warn};

use super::{
    echo,
    gather::{Gathered, gather},
};
use crate::{
    domain::ids::{SchoolId, SubmissionId},
    flow::{FlowError, full_story, house::House},
    ledger::{Ledger, LedgerError},
    transport::metrics::{self, Disk, Health, ReaderFailure, Sight, Standing},
};

/// Keeps an eye on the house.
pub struct Lookout {
    sight: Arc<Sight>,
    latest: Arc<Mutex<Option<OffsetDateTime>>>,
    /// When each upload arrived whose receipt does not lie in its box yet, in nanoseconds since 1970.
    unanswered: RefCell<HashMap<SubmissionId, i128>>,
    /// What is known from earlier looks.
    gathered: RefCell<Gathered>,
    gathered_at: Option<Instant>,
    wrote_at: Option<Instant>,
    /// The disks of which it was told that they are low.
    low: Vec<&'static str>,
}

impl Lookout {
    /// Hears every act of this ledger from now on.
    pub(in crate::flow) fn over(ledger: &mut Ledger) -> Result<Self, LedgerError> {
        let sight = Arc::new(Sight::default());
        let latest = Arc::new(Mutex::new(ledger.view().last_act_at()?));
        let (heard, dated) = (Arc::clone(&sight), Arc::clone(&latest));
        ledger.observe(move |act| {
            heard.moved();
            let mut latest = dated.lock().unwrap_or_else(PoisonError::into_inner);
            *latest = (*latest).max(Some(act.at));
            echo::count(act, heard.tallies());
            echo::tell(act);
        });
        Ok(Self {
            sight,
            latest,
            unanswered: RefCell::default(),
            gathered: RefCell::default(),
            gathered_at: None,
            wrote_at: None,
            low: Vec::new(),
        })
    }

    /// When the latest act was, of those that there were at the start and since; from now on it is this one.
    pub(in crate::flow) fn latest_act(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.replace(now)
    }

    /// What can be seen from outside.
    pub fn sight(&self) -> Arc<Sight> {
        Arc::clone(&self.sight)
    }

    /// Something got done.
    pub(in crate::flow) fn moved(&self) {
        self.sight.moved();
    }

    /// Something failed: where that was the ledger, nobody need try it to know.
    pub(in crate::flow) fn heard(&self, error: &FlowError) {
        let FlowError::Ledger(error) = error else {
            return;
        };
        if error.keeps_nothing() {
            self.sight.tell_ledger(metrics::Ledger::Fails(why(error)));
        }
    }

    /// An upload was taken that had arrived at this moment.
    pub(in crate::flow) fn took(&self, id: SubmissionId, arrived: i128) {
        self.unanswered.borrow_mut().insert(id, arrived);
    }

    /// This receipt lies in its box now.
    pub(in crate::flow) fn answered(&self, subject: &str) {
        let Ok(id) = subject.parse::<SubmissionId>() else {
            return;
        };
        let arrived = self.unanswered.borrow_mut().remove(&id);
        let took = arrived.map(|at| OffsetDateTime::now_utc().unix_timestamp_nanos() - at);
        if let Some(took) = took {
            // A clock that was set back in between tells nothing.
            let took = u64::try_from(took.max(0)).unwrap_or(u64::MAX);
            self.sight.tallies().receipt(Duration::from_nanos(took));
        }
    }

    /// A look at everything took so long.
    pub(in crate::flow) fn looked(&self, took: Duration) {
        self.sight.tallies().pass(took);
    }
}

/// An upload got no answer from its reader: told with its number, and never with its name.
pub(in crate::flow) fn reader_failed(
    sight: &Sight,
    submission: SubmissionId,
    school: SchoolId,
    why: ReaderFailure,
) {
    sight.tallies().reader_failed(why);
    warn!(
        %submission,
        %school,
        why = why.word(),
        "an upload got no answer from its reader; it is refused as unreadable"
    );
}

/// Gathers how things stand, unless that was done just now; and tries the ledger, so that it is known
/// whether it writes where nobody has anything to write.
pub(in crate::flow) fn look(house: &mut House) {
    let lookout = &house.sight;
    lookout.moved();
    if lookout.gathered_at.is_some_and(|at| at.elapsed() < PAUSE) {
        return;
    }
    try_ledger(house);
    let gathered = gather(house, &mut house.sight.gathered.borrow_mut());
    match gathered {
        Ok(standing) => {
            tell_low_disks(house, &standing);
            house.sight.sight.publish(standing);
            house.calm(DOING);
        }
        Err(error) => house.trouble(DOING, &error),
    }
    house.sight.gathered_at = Some(Instant::now());
    house.sight.moved();
}

fn try_ledger(house: &mut House) {
    let fine = house.sight.sight.ledger() == metrics::Ledger::Writes;
    if fine
        && house
            .sight
            .wrote_at
            .is_some_and(|at| at.elapsed() < BETWEEN_TRIES)
    {
        return;
    }
    let told = match house.ledger.prove_writable() {
        Ok(()) => metrics::Ledger::Writes,
        Err(error) => metrics::Ledger::Fails(why(&error)),
    };
    house.sight.wrote_at = Some(Instant::now());
    house.sight.sight.tell_ledger(told);
}

fn why(error: &LedgerError) -> String {
    full_story(error)
}

/// Told when it begins and when it is over.
fn tell_low_disks(house: &mut House, standing: &Standing) {
    let mut low = Vec::new();
    for disk in &standing.disks {
        let Disk { folder, .. } = *disk;
        let was_low = house.sight.low.contains(&folder);
        match disk.reason(standing.disk_spare) {
            Some(reason) => {
                low.push(folder);
                if !was_low {
                    warn!(
                        folder,
                        free_bytes = disk.free_bytes,
                        error = reason,
                        "a disk is nearly full"
                    );
                }
            }
            None if was_low => info!(
                folder,
                free_bytes = disk.free_bytes,
                "the disk has room again"
            ),
            None => {}
        }
    }
    house.sight.low = low;
}

impl fmt::Debug for Lookout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let well = matches!(self.sight.health(), Health::Well { .. });
        write!(f, "Lookout(well: {well})")
    }
}

const DOING: &str = "gathering numbers";
/// Between two gatherings: what they tell is never much older.
const PAUSE: Duration = Duration::from_secs(4);
/// Between two tries of a ledger that wrote when it was last tried; one that did not is tried each time.
const BETWEEN_TRIES: Duration = Duration::from_secs(30);
