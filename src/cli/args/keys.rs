//! Arguments of the commands on keys.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use time::Date;

use super::day;

#[derive(Debug, Subcommand)]
pub(crate) enum KeysVerb {
    /// Show which keys there are, by fingerprint, and what each still does.
    List,
    /// Change a key for a new one, without losing what was made with the old one.
    #[command(subcommand)]
    Rotate(RotateVerb),
    /// Take away earlier keys whose days are over.
    #[command(subcommand)]
    Drop(DropVerb),
    /// For a key that is a systemd credential: reads it, and writes it changed. From pipe to pipe.
    Renew(RenewArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RotateVerb {
    /// The key that signs receipts and checkpoints. What the old one signed is still proved.
    Receipts(RotateReceiptsArgs),
    /// The SFTP server's key. Schools are told of it; it serves from a later day on.
    Host(RotateHostArgs),
    /// The key that schools encrypt to. The old one opens on.
    Intake(RotateIntakeArgs),
    /// The key that seals the ledger. All of it is sealed anew, while the daemon goes on.
    Ledger(RotateLedgerArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RotateReceiptsArgs {
    /// Others may have the old key: what it signed is refused from now on.
    #[arg(long)]
    pub(crate) stolen: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RotateHostArgs {
    /// The day from which it serves; four weeks from now, unless said.
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with = "now")]
    pub(crate) from: Option<Date>,
    /// At once: the announced key, or a new one. Every client warns.
    #[arg(long)]
    pub(crate) now: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RotateIntakeArgs {
    /// Days for which the old key is promised to open.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    pub(crate) overlap: u16,
}

#[derive(Debug, Args)]
pub(crate) struct RotateLedgerArgs {
    /// Write the old key to this new file: backups made before open with nothing else.
    #[arg(long, value_name = "FILE")]
    pub(crate) keep_old: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DropVerb {
    /// Earlier intake keys.
    Intake(DropIntakeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DropIntakeArgs {
    /// Those as well whose days are not over.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RenewArgs {
    /// Which key it is.
    #[arg(value_name = "KEY")]
    pub(crate) key: RenewedKey,
    /// Take the earlier keys out instead.
    #[arg(long)]
    pub(crate) drop: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RenewedKey {
    /// What schools encrypt to.
    Intake,
    /// What seals the ledger.
    Ledger,
}
