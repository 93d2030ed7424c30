//! Which uploads are in a restored ledger by now.

use time::OffsetDateTime;

use crate::{
    domain::ids::{SchoolId, SubmissionId},
    ledger::{
        LedgerError,
        access::Keyless,
        columns::{At, Whole},
    },
};

/// An upload that was taken after a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its number.
    pub id: SubmissionId,
    /// The school.
    pub school: SchoolId,
    /// The hash of its bytes.
    pub sha256: [u8; 32],
    /// When it came: before the restore, where its sealed copy was taken again.
    pub taken_at: OffsetDateTime,
}

impl Keyless<'_> {
    /// Uploads with numbers after this one; what was told to the council is none.
    pub fn arrived_after(&self, number: u64) -> Result<Vec<Arrived>, LedgerError> {
        self.all(
            "SELECT id, school, sha256, taken_at FROM submission
             WHERE id > ?1 AND by_council = 0 ORDER BY id",
            [Whole(number)],
            |row| {
                Ok(Arrived {
                    id: row.get(0)?,
                    school: row.get(1)?,
                    sha256: row.get(2)?,
                    taken_at: row.get::<_, At>(3)?.0,
                })
            },
        )
    }
}
