//! What is in doubt, and what an analyst decides: consents that matched nothing or too much, records that
//! are held, withdrawals that nearly fit, and large files of withdrawals.

mod command;

pub use command::{ReviewCommand, ReviewReply};

pub(super) use command::answer;
