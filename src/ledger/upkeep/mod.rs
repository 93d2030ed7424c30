//! What is done by the calendar: schedules, jobs of the day, what is counted ahead, and what is kept only so
//! long.

mod daily;
mod digests;
mod forecasts;
mod resealing;
mod schedules;
mod stores;

pub use digests::FileOf;
pub use forecasts::Forecast;
pub use resealing::Resealing;
pub use schedules::ScheduleMark;
pub use stores::Store;
