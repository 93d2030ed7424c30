//! Requests: a school asks for a release outside the schedule. It is granted, or waits for its interval,
//! the council's capacity or an officer, first come first served (clause 2.1: «subject to the capacity»).

mod answering;
mod serving;

pub use answering::{RequestCommand, RequestLine};
pub use serving::serve;

pub(super) use answering::answer;
pub(super) use serving::ask;
