//! Requests: a school asks for a release outside the schedule. It is granted, or waits for its interval,
//! the council's capacity or an officer, first come first served (clause 2.1: «subject to the capacity»).
//! A hold that comes while a request waits leaves it its place; an agreement that ends answers it.

mod answering;
mod queue;
mod serving;

pub use answering::{OfficerSaid, RequestAnswered, RequestCommand, RequestLine, WaitsFor};
pub use serving::serve;

pub(super) use answering::answer;
pub(super) use serving::ask;
