//! Backups: when the last was made, and whether a restored one still waits for an operator's word.

use serde::Serialize;
use time::OffsetDateTime;

use crate::{cli::error::CliError, config::Backup, ledger::Keyless};

/// What `status` tells of backups.
#[derive(Debug, Default, Serialize)]
pub(super) struct BackupStatus {
    /// Of which moment the last backup tells.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) last_backup: Option<OffsetDateTime>,
    /// A recipient is set, and the last backup is too old, or there is none.
    pub(super) backup_overdue: bool,
    /// A backup of this moment took the ledger's place, and nobody has confirmed yet: everything is on hold.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) restore_waits: Option<OffsetDateTime>,
}

impl BackupStatus {
    /// Looks.
    pub(super) fn look(
        ledger: &Keyless<'_>,
        settings: &Backup,
        now: OffsetDateTime,
    ) -> Result<Self, CliError> {
        let last_backup = ledger.last_backup()?.map(|made| made.at);
        let is_old = last_backup.is_none_or(|at| now - at > settings.remind_after);
        Ok(Self {
            last_backup,
            backup_overdue: settings.recipient.is_some() && is_old,
            restore_waits: ledger.unconfirmed_restore()?.map(|restore| restore.made_at),
        })
    }
}
