//! Counts for `pillarbox status`: what stands, what waits, what lies in the outboxes. Needs no key, and
//! names nobody.

use std::collections::BTreeMap;

use time::{Date, OffsetDateTime};

use crate::domain::{
    ids::{ReleaseId, SchoolId},
    receipt::Expiring,
};
use crate::ledger::{
    LedgerError,
    access::Keyless,
    columns::{At, Day, Whole},
    consents::ListMark,
    releases::ReleaseState,
};

/// One school, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchoolStatus {
    /// Consents in force that nothing holds.
    pub in_force: u32,
    /// Consents that a later list did not name.
    pub lapsed: u32,
    /// Consents withdrawn.
    pub withdrawn: u32,
    /// Consents in force that a near withdrawal holds.
    pub held: u32,
    /// The last list of each cohort.
    pub last_lists: Vec<ListMark>,
    /// The last release, whatever became of it.
    pub last_release: Option<LastRelease>,
    /// Requests that wait.
    pub waiting_requests: u32,
    /// Notices that the school has not confirmed.
    pub open_notices: u32,
    /// When the oldest of them was sent.
    pub oldest_notice: Option<OffsetDateTime>,
    /// Withdrawals whose notices wait for an analyst.
    pub braked_withdrawals: u32,
    /// Discrepancies that nobody has answered.
    pub open_discrepancies: u32,
    /// How many consents end soon, and on which day that was counted.
    pub expiring: Option<(Date, Expiring)>,
    /// Names of the files in the outbox.
    pub open_files: Vec<String>,
    /// Since when a hold stops all sharing.
    pub held_since: Option<OffsetDateTime>,
    /// When a person last collected a destination file.
    pub last_collection: Option<OffsetDateTime>,
    /// How often the consents have changed.
    pub revision: u64,
}

/// A school's last release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastRelease {
    /// Its number.
    pub id: ReleaseId,
    /// When it was made.
    pub at: OffsetDateTime,
    /// What became of it.
    pub state: ReleaseState,
}

/// What waits for the daemon or an officer, of all schools together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Submissions to be judged.
    pub submissions: u32,
    /// Receipts to be published.
    pub receipts: u32,
    /// Releases that were begun.
    pub releases: u32,
    /// Requests to be answered.
    pub requests: u32,
    /// Discrepancies to be answered.
    pub discrepancies: u32,
    /// Extracts that an analyst has to accept.
    pub extracts: u32,
}

impl Keyless<'_> {
    /// One school, in numbers; all zero for a school that the ledger has not met.
    pub fn status(&self, school: SchoolId) -> Result<SchoolStatus, LedgerError> {
        let mut found = self.gather(Some(school))?;
        Ok(found.remove(&school).unwrap_or_default())
    }

    /// Every school that the ledger has met, in numbers.
    pub fn status_all(&self) -> Result<BTreeMap<SchoolId, SchoolStatus>, LedgerError> {
        self.gather(None)
    }

    /// What waits.
    pub fn waiting(&self) -> Result<Waiting, LedgerError> {
        let found = self.one(
            "SELECT (SELECT count(*) FROM submission WHERE judged = 0),
               (SELECT count(*) FROM receipt WHERE published = 0),
               (SELECT count(*) FROM release WHERE state IN ('planned', 'sealed')),
               (SELECT count(*) FROM request WHERE state = 'waiting'),
               (SELECT count(*) FROM extract WHERE state = 'waiting-acceptance')",
            [],
            |row| {
                Ok(Waiting {
                    submissions: row.get(0)?,
                    receipts: row.get(1)?,
                    releases: row.get(2)?,
                    requests: row.get(3)?,
                    extracts: row.get(4)?,
                    discrepancies: 0,
                })
            },
        )?;
        Ok(Waiting {
            discrepancies: self.count_open_discrepancies()?,
            ..found.unwrap_or_default()
        })
    }

    fn count_open_discrepancies(&self) -> Result<u32, LedgerError> {
        if self.is_of_an_older_version()? {
            return Ok(0);
        }
        let count = self.one(
            "SELECT count(*) FROM discrepancy WHERE resolved_at IS NULL",
            [],
            |row| Ok(row.get(0)?),
        )?;
        Ok(count.unwrap_or(0))
    }

    /// Whether no daemon of this version has opened the ledger yet: then `status` does without what is new.
    pub fn is_of_an_older_version(&self) -> Result<bool, LedgerError> {
        Ok(!self.conn.table_exists(None, "forecast")?)
    }

    fn gather(
        &self,
        only: Option<SchoolId>,
    ) -> Result<BTreeMap<SchoolId, SchoolStatus>, LedgerError> {
        let mut schools = Schools(BTreeMap::new());
        self.gather_consents(&mut schools, only)?;
        self.gather_lists(&mut schools, only)?;
        self.gather_releases(&mut schools, only)?;
        self.gather_requests(&mut schools, only)?;
        self.gather_collections(&mut schools, only)?;
        self.gather_notices(&mut schools, only)?;
        if !self.is_of_an_older_version()? {
            self.gather_discrepancies(&mut schools, only)?;
            self.gather_forecasts(&mut schools, only)?;
        }
        // A school that has sent nothing yet may be on hold as well.
        self.each(
            "SELECT school FROM hold WHERE school <> 0 AND school BETWEEN ?1 AND ?2",
            range(only),
            |row| {
                schools.of(row.get(0)?);
                Ok::<_, LedgerError>(())
            },
        )?;
        for (school, status) in &mut schools.0 {
            status.held_since = self.held_since(*school)?;
        }
        Ok(schools.0)
    }

    fn gather_consents(
        &self,
        schools: &mut Schools,
        only: Option<SchoolId>,
    ) -> Result<(), LedgerError> {
        let (from, to) = range(only);
        self.each(
            "SELECT school, sum(standing = 0 AND held_by IS NULL), sum(standing = 1),
               sum(standing = 2), sum(standing = 0 AND held_by IS NOT NULL)
             FROM consent WHERE school BETWEEN ?1 AND ?2 GROUP BY school",
            (from, to),
            |row| {
                let status = schools.of(row.get(0)?);
                status.in_force = row.get(1)?;
                status.lapsed = row.get(2)?;
                status.withdrawn = row.get(3)?;
                status.held = row.get(4)?;
                Ok::<_, LedgerError>(())
            },
        )?;
        self.each(
            "SELECT id, revision FROM school WHERE id BETWEEN ?1 AND ?2",
            (from, to),
            |row| {
                schools.of(row.get(0)?).revision = row.get::<_, Whole>(1)?.0;
                Ok(())
            },
        )
    }

    fn gather_lists(
        &self,
        schools: &mut Schools,
        only: Option<SchoolId>,
    ) -> Result<(), LedgerError> {
        match only {
            Some(school) => schools.of(school).last_lists = self.last_lists(school)?,
            None => {
                for (school, mark) in self.all_last_lists()? {
                    schools.of(school).last_lists.push(mark);
                }
            }
        }
        Ok(())
    }

    fn gather_releases(
        &self,
        schools: &mut Schools,
        only: Option<SchoolId>,
    ) -> Result<(), LedgerError> {
        let (from, to) = range(only);
        self.each(
            "SELECT school, max(id), at, state FROM release
             WHERE school BETWEEN ?1 AND ?2 GROUP BY school",
            (from, to),
            |row| {
                schools.of(row.get(0)?).last_release = Some(LastRelease {
                    id: row.get(1)?,
                    at: row.get::<_, At>(2)?.0,
                    state: row.get(3)?,
                });
                Ok::<_, LedgerError>(())
            },
        )?;
        self.each(
            "SELECT school, name FROM release CROSS JOIN release_file ON release = release.id
             WHERE state = 'published' AND school BETWEEN ?1 AND ?2 ORDER BY release.id, format",
            (from, to),
            |row| {
                schools.of(row.get(0)?).open_files.push(row.get(1)?);
                Ok(())
            },
        )
    }

    fn gather_requests(
        &self,
        schools: &mut Schools,
        only: Option<SchoolId>,
    ) -> Result<(), LedgerError> {
        let (from, to) = range(only);
        self.each(
            "SELECT school, count(*) FROM request
             WHERE state = 'waiting' AND school BETWEEN ?1 AND ?2 GROUP BY school",
            (from, to),
            |row| {
                schools.of(row.get(0)?).waiting_requests = row.get(1)?;
                Ok(())
            },
        )
    }

    fn gather_notices(
        &self,
        schools: &mut Schools,
        only: Option<SchoolId>,
    ) -> Result<(), LedgerError> {
        if !self.conn.table_exists(None, "notice")? {
            return Ok(());
        }
        let (from, to) = range(only);
        self.each(
            "SELECT school, count(*), min(opened_at) FROM notice
             WHERE closed_at IS NULL AND school BETWEEN ?1 AND ?2 GROUP BY school",
            (from, to),
            |row| {
                let status = schools.of(row.get(0)?);
                status.open_notices = row.get(1)?;
                status.oldest_notice = row.get::<_, Option<At>>(2)?.map(|At(at)| at);
                Ok::<_, LedgerError>(())
            },
        )?;
        self.each(
            "SELECT school, count(*) FROM withdrawal
             WHERE braked = 1 AND school BETWEEN ?1 AND ?2 GROUP BY school",
            (from, to),
            |row| {
                schools.of(row.get(0)?).braked_withdrawals = row.get(1)?;
                Ok(())
            },
        )
    }

    fn gather_discrepancies(
        &self,
        schools: &mut Schools,
        only: Option<SchoolId>,
    ) -> Result<(), LedgerError> {
        self.each(
            "SELECT school, count(*) FROM discrepancy
             WHERE resolved_at IS NULL AND school BETWEEN ?1 AND ?2 GROUP BY school",
            range(only),
            |row| {
                schools.of(row.get(0)?).open_discrepancies = row.get(1)?;
                Ok(())
            },
        )
    }

    fn gather_forecasts(
        &self,
        schools: &mut Schools,
        only: Option<SchoolId>,
    ) -> Result<(), LedgerError> {
        self.each(
            "SELECT school, counted, in_30, in_90 FROM forecast WHERE school BETWEEN ?1 AND ?2",
            range(only),
            |row| {
                let expiring = Expiring {
                    in_30_days: row.get(2)?,
                    in_90_days: row.get(3)?,
                };
                let counted = row.get::<_, Day>(1)?.0;
                schools.of(row.get(0)?).expiring = Some((counted, expiring));
                Ok(())
            },
        )
    }

    fn gather_collections(
        &self,
        schools: &mut Schools,
        only: Option<SchoolId>,
    ) -> Result<(), LedgerError> {
        // A ledger that no daemon of this version has opened yet.
        if !self.conn.table_exists(None, "served")? {
            return Ok(());
        }
        let (from, to) = range(only);
        self.each(
            "SELECT school, max(collected_at) FROM served JOIN release ON release = release.id
             WHERE collected_at IS NOT NULL AND school BETWEEN ?1 AND ?2 GROUP BY school",
            (from, to),
            |row| {
                schools.of(row.get(0)?).last_collection = Some(row.get::<_, At>(1)?.0);
                Ok::<_, LedgerError>(())
            },
        )
    }
}

struct Schools(BTreeMap<SchoolId, SchoolStatus>);

impl Schools {
    fn of(&mut self, school: SchoolId) -> &mut SchoolStatus {
        self.0.entry(school).or_default()
    }
}

/// One school, or all: LAESTABs have seven digits.
fn range(only: Option<SchoolId>) -> (u32, u32) {
    only.map_or((0, 9_999_999), |school| (school.number(), school.number()))
}
