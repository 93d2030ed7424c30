//! What the council's files said when they were last looked at, as digests: a change of them is an act for the
//! trail, also where nobody ran meanwhile.

use std::collections::HashMap;

use crate::{
    domain::ids::SchoolId,
    ledger::{
        LedgerError,
        access::{Keyless, Tx},
    },
};

/// Which file: one school's, or the settings.
pub type FileOf = Option<SchoolId>;

impl Keyless<'_> {
    /// The digests of all files that were ever looked at.
    pub fn file_digests(&self) -> Result<HashMap<FileOf, [u8; 32]>, LedgerError> {
        let digests = self.all("SELECT school, digest FROM file_digest", [], |row| {
            let of = match row.get::<_, u32>(0)? {
                0 => None,
                _ => Some(row.get(0)?),
            };
            Ok((of, row.get(1)?))
        })?;
        Ok(digests.into_iter().collect())
    }
}

impl Tx<'_> {
    /// Keeps what a file says now.
    pub fn put_file_digest(&self, of: FileOf, digest: [u8; 32]) -> Result<(), LedgerError> {
        let school = of.map_or(0, SchoolId::number);
        self.run(
            "INSERT INTO file_digest (school, digest) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET digest = ?2",
            (school, digest),
        )?;
        Ok(())
    }
}
