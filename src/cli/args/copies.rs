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

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup; `-` reads standard input.
    #[arg(
        value_name = "FILE",
        required_unless_present = "reconcile",
        requires = "identity"
    )]
    pub(crate) file: Option<PathBuf>,
    /// The secret half of the key that it was sealed to.
    #[arg(short, long, value_name = "KEY", requires = "file")]
    pub(crate) identity: Option<PathBuf>,
    /// Look at what is left of the time since the backup, and do again what must not be lost.
    #[arg(long, conflicts_with_all = ["file", "identity"])]
    pub(crate) reconcile: bool,
    /// Say yes to what was found: the hold of the restore ends.
    #[arg(long, requires = "reconcile")]
    pub(crate) confirm: bool,
    /// Boxes that survived elsewhere: their receipts are read.
    #[arg(long, value_name = "DIR", requires = "reconcile")]
    pub(crate) boxes_from: Option<PathBuf>,
    /// A spool that survived elsewhere: its sealed uploads are taken.
    #[arg(long, value_name = "DIR", requires = "reconcile")]
    pub(crate) spool_from: Option<PathBuf>,
    /// Notes that survived elsewhere: their acts are done again.
    #[arg(long, value_name = "DIR", requires = "reconcile")]
    pub(crate) notes_from: Option<PathBuf>,
}
