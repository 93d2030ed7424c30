//! What the SFTP front end and the daemon tell each other, and nothing else: the folder `front` in the state
//! folder. Either may run as another user, so what lies here is parsed strictly and never used as a path.
//!
//! ```text
//! boxes/<school>/<hex>.part      being written, or unfinished under a temporary name
//! boxes/<school>/<hex>.slip      beside a part: what is known of it
//! boxes/<school>/<id>.upload     handed over; ids sort by the time of handing over
//! boxes/<school>/<id>.slip       what is said of it
//! events/<id>.event              bytes of a destination file were served
//! bans/<hash>.ban                one ban a file; removing the file lifts the ban
//! counters.json                  the front end's counters
//! rehearsal.json                 there where the ledger is a rehearsal's
//! ```

mod ban;
mod counters;
mod event;
mod front;
mod front_box;
mod paper;
mod slip;
mod stamp;

pub use ban::Ban;
pub use counters::Counters;
pub use event::{Event, EventId, Served};
pub use front::Front;
pub use front_box::{FrontBox, HandedOver, Part, PartName, Unfinished, UploadId};
pub use slip::{Ending, Slip};
