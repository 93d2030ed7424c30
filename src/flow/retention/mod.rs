//! What is kept only so long (clause 2.5): uploads, what releases told, receipts, whom notices were about.
//! Each has a setting, a job and a row in the trail; what is still needed stays. `status` tells what is next.

mod archive;
mod daily;
mod uploads;

pub use archive::seal_to_archive;
pub use daily::{erase_disclosures, erase_notices, erase_receipts, keeps, next_going};
pub use uploads::remove_old_uploads;
