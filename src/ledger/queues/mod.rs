//! What waits for somebody's answer: requests and discrepancies for the council's, notices for a school's, and
//! withdrawals until their consequences are drawn.

mod discrepancies;
mod notices;
mod requests;
mod withdrawals;

pub use discrepancies::{Discrepancy, NewDiscrepancy};
pub use notices::{Notice, NoticePupil};
pub use requests::{Answer, NewRequest, Request, RequestState};
pub use withdrawals::Withdrawal;
