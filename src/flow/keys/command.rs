//! What an operator can ask about keys, and what comes back.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Date;

use super::{host, intake, ledger, listing, listing::KeyLine, signing};
use crate::{
    flow::{FlowError, command::Reply, house::House},
    ledger::{Act, Actor, Tx, Verb},
};

/// A key that can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyName {
    /// Signs receipts and checkpoints.
    Receipts,
    /// By which schools know the SFTP server.
    Host,
    /// Opens what schools encrypt to the council.
    Intake,
    /// Seals the ledger.
    Ledger,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "keys", rename_all = "kebab-case")]
pub enum KeysCommand {
    /// Show which keys there are.
    List,
    /// Sign with a new key from now on.
    RotateReceipts {
        /// Whether others may have the old one.
        stolen: bool,
    },
    /// Publish a new intake key; the old one opens on.
    RotateIntake {
        /// For so many days.
        overlap: u16,
    },
    /// Take away earlier intake keys.
    DropIntake {
        /// Those as well whose days are not over.
        all: bool,
    },
    /// Announce a new host key, or let it serve.
    RotateHost {
        /// From this day on.
        from: Option<Date>,
        /// At once.
        now: bool,
    },
    /// Seal the ledger with a new key.
    RotateLedger {
        /// Where the old key's file goes, for backups made before.
        keep_old: Option<PathBuf>,
    },
    /// Go on with sealing anew, for a moment.
    Reseal,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "kebab-case")]
pub enum KeysReply {
    /// Which keys there are.
    List {
        /// Each, the present ones before earlier ones.
        keys: Vec<KeyLine>,
    },
    /// A key was changed, announced or dropped.
    Changed {
        /// Which.
        key: KeyName,
        /// What tells the old one, or those dropped.
        old: Vec<String>,
        /// What tells the new one.
        new: Option<String>,
        /// A day that matters: from which it serves, or until which the old one opens.
        day: Option<Date>,
        /// What to do or to know next, in sentences.
        next: Vec<String>,
    },
    /// How far sealing anew has come.
    Resealing {
        /// Rows looked at.
        done: u64,
        /// Of so many.
        of: u64,
        /// Whether it is over: no earlier key opens anything.
        over: bool,
    },
}

/// Carries a command out.
pub(in crate::flow) fn answer(
    house: &mut House,
    command: KeysCommand,
    actor: &Actor,
) -> Result<Reply, FlowError> {
    match command {
        KeysCommand::List => Ok(Reply::Keys(KeysReply::List {
            keys: listing::keys(house)?,
        })),
        KeysCommand::RotateReceipts { stolen } => signing::rotate(house, stolen, actor),
        KeysCommand::RotateIntake { overlap } => intake::rotate(house, overlap, actor),
        KeysCommand::DropIntake { all } => intake::drop_earlier(house, all, actor),
        KeysCommand::RotateHost { from, now } => host::rotate(house, from, now, actor),
        KeysCommand::RotateLedger { keep_old } => ledger::rotate(house, keep_old.as_deref(), actor),
        KeysCommand::Reseal => ledger::go_on(house),
    }
}

/// One row of the trail about a key: marks and fingerprints only.
pub(super) fn record(
    tx: &Tx<'_>,
    house: (time::OffsetDateTime, &Actor),
    verb: Verb,
    key: KeyName,
    detail: Value,
) -> Result<(), FlowError> {
    let (at, actor) = house;
    tx.record(&Act {
        at,
        actor: actor.clone(),
        verb,
        subject: key.word().to_owned(),
        school: None,
        detail,
    })?;
    Ok(())
}

impl KeyName {
    /// Its name in commands and in the trail.
    pub fn word(self) -> &'static str {
        match self {
            Self::Receipts => "receipts",
            Self::Host => "host",
            Self::Intake => "intake",
            Self::Ledger => "ledger",
        }
    }
}
