//! Sealing anew with the present key what an earlier ledger key sealed: table by table, row by row, a piece in
//! each commit. What is sealed anew already is passed over, so that a piece done twice changes nothing.

use crate::{
    ledger::{
        LedgerError,
        access::{Keyless, Ledger, Tx},
    },
    vault::{Place, Vault},
};

/// How far sealing anew has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resealing {
    table: usize,
    after: (i64, i64),
    /// Rows that were looked at.
    pub looked: u64,
    /// Rows that were sealed anew.
    pub sealed: u64,
    /// Rows that no key opens: they stay as they are.
    pub damaged: u64,
}

/// A table with a sealed column: its columns of numbers, the last of which is the row's place.
struct Sealed {
    table: &'static str,
    first: Option<&'static str>,
    place: &'static str,
}

const fn one(table: &'static str, place: &'static str) -> Sealed {
    Sealed {
        table,
        first: None,
        place,
    }
}

const fn pair(table: &'static str, first: &'static str) -> Sealed {
    Sealed {
        table,
        first: Some(first),
        place: "pupil",
    }
}

/// Every sealed column, which is always called `sealed`.
const TABLES: [Sealed; 12] = [
    one("meta", "only_row"),
    one("hold", "school"),
    one("extract", "id"),
    one("submission", "id"),
    one("request", "id"),
    one("discrepancy", "submission"),
    one("remembered", "id"),
    one("receipt", "id"),
    pair("tie", "school"),
    pair("notice_pupil", "notice"),
    pair("consent", "school"),
    pair("disclosure", "release"),
];

impl Default for Resealing {
    fn default() -> Self {
        Self {
            table: 0,
            after: FIRST,
            looked: 0,
            sealed: 0,
            damaged: 0,
        }
    }
}

impl Resealing {
    /// Whether every table was gone through.
    pub fn is_over(&self) -> bool {
        self.table >= TABLES.len()
    }
}

impl Ledger {
    /// Seals and opens with another key from now on.
    pub fn use_vault(&mut self, vault: Vault) {
        self.vault = vault;
    }
}

impl Keyless<'_> {
    /// How many rows hold something sealed.
    pub fn sealed_rows(&self) -> Result<u64, LedgerError> {
        TABLES.iter().try_fold(0, |sum, sealed| {
            let sql = format!("SELECT count(*) FROM {} WHERE {FILLED}", sealed.table);
            let count = self.one(&sql, [], |row| Ok(row.get::<_, i64>(0)?))?;
            Ok(sum + count.unwrap_or_default().cast_unsigned())
        })
    }
}

impl Tx<'_> {
    /// Seals the next rows anew, at most so many.
    pub fn seal_anew(&self, so_far: &mut Resealing, limit: u32) -> Result<(), LedgerError> {
        let Some(sealed) = TABLES.get(so_far.table) else {
            return Ok(());
        };
        let rows = self.next_rows(sealed, so_far.after, limit)?;
        for (key, blob) in &rows {
            let place = Place {
                table: sealed.table,
                row: key.1.cast_unsigned(),
            };
            match self.vault().seal_anew(place, blob) {
                Ok(Some(anew)) => {
                    self.run(&sealed.update(), (key.0, key.1, anew))?;
                    so_far.sealed += 1;
                }
                Ok(None) => {}
                Err(_) => so_far.damaged += 1,
            }
        }
        so_far.looked += rows.len() as u64;
        match rows.last() {
            Some((last, _)) => so_far.after = *last,
            None => {
                so_far.table += 1;
                so_far.after = FIRST;
            }
        }
        Ok(())
    }

    fn next_rows(
        &self,
        sealed: &Sealed,
        after: (i64, i64),
        limit: u32,
    ) -> Result<Vec<((i64, i64), Vec<u8>)>, LedgerError> {
        self.all(&sealed.select(), (after.0, after.1, limit), |row| {
            Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
        })
    }
}

impl Sealed {
    fn select(&self) -> String {
        let Self { table, place, .. } = self;
        match self.first {
            Some(first) => format!(
                "SELECT {first}, {place}, sealed FROM {table}
                 WHERE ({first}, {place}) > (?1, ?2) AND {FILLED} ORDER BY {first}, {place} LIMIT ?3"
            ),
            None => format!(
                "SELECT 0, {place}, sealed FROM {table}
                 WHERE {place} > ?2 AND ?1 = 0 AND {FILLED} ORDER BY {place} LIMIT ?3"
            ),
        }
    }

    fn update(&self) -> String {
        let Self { table, place, .. } = self;
        match self.first {
            Some(first) => {
                format!("UPDATE {table} SET sealed = ?3 WHERE {first} = ?1 AND {place} = ?2")
            }
            None => format!("UPDATE {table} SET sealed = ?3 WHERE {place} = ?2 AND ?1 = 0"),
        }
    }
}

/// What was erased holds nothing.
const FILLED: &str = "sealed IS NOT NULL AND length(sealed) > 0";
/// Before every row: a hold on all schools is row 0.
const FIRST: (i64, i64) = (0, -1);
