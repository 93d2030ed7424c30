//! How many consents of each school end soon, as counted on a day: `status` has no key to look into the
//! consents themselves.

use time::Date;

use crate::{
    domain::{
        ids::SchoolId,
        receipt::{Expiring, ExpiryRule},
    },
    ledger::{
        LedgerError,
        access::{Keyless, Tx},
        columns::{Day, Whole},
    },
};

/// What was counted for one school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The school.
    pub school: SchoolId,
    /// On which local day it was counted.
    pub counted: Date,
    /// The revision of the school's consents that it saw.
    pub revision: u64,
    /// The rule by which consents end.
    pub rule: ExpiryRule,
    /// How many end.
    pub expiring: Expiring,
}

impl Tx<'_> {
    /// Keeps what was counted, in the place of what was counted before.
    pub fn keep_forecast(&self, forecast: &Forecast) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO forecast (school, counted, revision, expiry_rule, in_30, in_90)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET counted = ?2, revision = ?3, expiry_rule = ?4, in_30 = ?5,
               in_90 = ?6",
            (
                forecast.school,
                Day(forecast.counted),
                Whole(forecast.revision),
                forecast.rule,
                forecast.expiring.in_30_days,
                forecast.expiring.in_90_days,
            ),
        )?;
        Ok(())
    }
}

impl Keyless<'_> {
    /// Schools whose consents were not counted on this day, by this rule, since they last changed: at
    /// most so many, in the order of their ids.
    pub fn forecasts_due(
        &self,
        today: Date,
        rule: ExpiryRule,
        limit: u32,
    ) -> Result<Vec<SchoolId>, LedgerError> {
        self.all(
            "SELECT id FROM school LEFT JOIN forecast ON forecast.school = school.id
             WHERE counted IS NOT ?1 OR forecast.revision IS NOT school.revision
               OR expiry_rule IS NOT ?2
             ORDER BY id LIMIT ?3",
            (Day(today), rule, limit),
            |row| Ok(row.get(0)?),
        )
    }
}
