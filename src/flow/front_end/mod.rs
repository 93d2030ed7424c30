//! What the SFTP front end tells, and is told: uploads that it hands over, what it served, whom it bars.

pub(super) mod bans;
pub mod handed_over;
pub mod served;
