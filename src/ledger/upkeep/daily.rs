//! When each job that is done once a local day was last done. Knows no job.

use time::Date;

use crate::ledger::{
    LedgerError,
    access::{Keyless, Tx},
    columns::Day,
};

impl Tx<'_> {
    /// The job is done for this day.
    pub fn done_on(&self, job: &str, day: Date) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO daily (job, done_on) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET done_on = ?2",
            (job, Day(day)),
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// The day on which the job was last done.
    pub fn last_done_on(&self, job: &str) -> Result<Option<Date>, LedgerError> {
        self.one("SELECT done_on FROM daily WHERE job = ?1", [job], |row| {
            Ok(row.get::<_, Day>(0)?.0)
        })
    }
}
