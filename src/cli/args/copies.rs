//! Arguments of the commands on backups.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The file to write; `-` writes to standard output.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Seal it to this age recipient instead of the one in the settings.
    #[arg(long, value_name = "age1…")]
    pub(crate) to: Option<String>,
}
