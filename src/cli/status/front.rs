//! What `status` tells of the SFTP front end: bans in force, and what it counted.

use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    boxes::handover::{Ban, Counters, Front},
    cli::error::CliError,
    config::Folders,
    flow::FlowError,
};

/// The front end, as far as its folder tells.
#[derive(Debug, Default, Serialize)]
pub(super) struct FrontStatus {
    /// The bans in force.
    pub(super) bans: Vec<Ban>,
    /// What was counted since it started; none where it never ran.
    pub(super) sftp: Option<Counters>,
}

impl FrontStatus {
    pub(super) fn look(folders: &Folders) -> Result<Self, CliError> {
        let front = match Front::open_if_there(&folders.front) {
            Ok(Some(front)) => front,
            Ok(None) => return Ok(Self::default()),
            // What schools send is closed to operators, and what is counted beside it as well: root sees it.
            Err(error) if error.is_refused() => return Ok(Self::default()),
            Err(error) => return Err(FlowError::from(error).into()),
        };
        let now = OffsetDateTime::now_utc();
        let mut bans = front.bans().map_err(FlowError::from)?;
        bans.retain(|ban| ban.until > now);
        Ok(Self {
            bans,
            sftp: front.counters().map_err(FlowError::from)?,
        })
    }

    /// What the front end counted, in words.
    pub(super) fn counted(&self) -> Option<String> {
        let sftp = self.sftp.as_ref()?;
        Some(format!(
            "{} sessions open; {} uploads, {} not whole; {} files collected; {} logins, {} failed",
            sftp.sessions_open,
            sftp.uploads,
            sftp.uploads_incomplete,
            sftp.files_collected,
            sftp.logins,
            sftp.logins_failed
        ))
    }

    /// The bans, in words.
    pub(super) fn banned(&self) -> impl Iterator<Item = String> {
        self.bans.iter().map(|ban| {
            let account = ban.account.as_deref().map_or_else(
                || "every account".to_owned(),
                |account| format!("account {account}"),
            );
            let until = ban.until.format(&Rfc3339).unwrap_or_default();
            format!(
                "Banned: {address}, {account}, until {until}, after {failures} failed logins («pillarbox unban {address}» lifts it)",
                address = ban.address,
                failures = ban.failures
            )
        })
    }
}
