//! That a backup was written: one row of the trail, and what `status` tells of it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;

use super::Made;
use crate::{
    domain::receipt::TrailHead,
    flow::{FlowError, command::Reply, house::House},
    ledger::{Act, Actor, BackupMade, Verb},
    vault::{from_hex, to_hex},
};

/// A backup that was written, as its command tells the daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Of which moment it tells.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// The trail's last row in it.
    pub head: TrailHead,
    /// The sealed file's length.
    pub bytes: u64,
    /// The sealed file's SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl From<&Made> for Written {
    fn from(made: &Made) -> Self {
        Self {
            made_at: made.manifest.made_at,
            head: made.manifest.head.clone(),
            bytes: made.bytes,
            sha256: to_hex(&made.sha256),
        }
    }
}

/// Records it.
pub(in crate::flow) fn record(
    house: &mut House,
    written: &Written,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    let now = house.now();
    let Some(sha256) = from_hex::<32>(&written.sha256) else {
        return Ok(Reply::Refused {
            why: "that is no hash of a backup".to_owned(),
            next: "write the backup again: pillarbox backup FILE".to_owned(),
        });
    };
    // A ledger in which nothing has happened yet stays fresh: it may still become a rehearsal.
    house.ledger.write(|tx| {
        tx.backup_made(&BackupMade {
            at: written.made_at,
            head: written.head.seq,
            bytes: written.bytes,
            sha256,
        })?;
        tx.record(&Act {
            at: now,
            actor: actor.clone(),
            verb: Verb::BackupMade,
            subject: format!("sha256:{}", written.sha256),
            school: None,
            detail: json!({"bytes": written.bytes, "head": written.head}),
        })?;
        Ok::<_, FlowError>(Reply::Done)
    })
}
