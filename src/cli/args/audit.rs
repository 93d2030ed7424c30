//! Arguments of the commands on the trail.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use time::Date;

use super::day;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditVerb {
    /// Check that no row of the trail was changed, removed or reordered, and say which.
    ///
    /// Compares the rows with the signed checkpoints, with their files in reports/, and with what the
    /// receipts in all boxes print. Needs no secret key, and runs beside the daemon.
    Verify(VerifyArgs),
    /// Print the trail as JSON lines, with the signed checkpoints.
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Also compare with the receipts and checkpoints in this folder, such as a school gave them to you.
    #[arg(long, value_name = "DIR")]
    pub(crate) receipts: Vec<PathBuf>,
    /// Trust the signing keys in this file instead of those that the state remembers: your own copy.
    #[arg(long, value_name = "FILE")]
    pub(crate) allowed_signers: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Begin with this row.
    #[arg(long, value_name = "SEQ", conflicts_with = "since")]
    pub(crate) from: Option<u64>,
    /// Begin with the first row of this day.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) since: Option<Date>,
}
