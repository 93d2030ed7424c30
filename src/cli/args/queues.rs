//! Arguments of the commands on what waits for a person: requests, doubts, discrepancies.

use clap::{Args, Subcommand};

use super::{persons::AtArgs, school_id};
use crate::domain::ids::{PupilId, RecordMark, RequestId, SchoolId, SubmissionId};

#[derive(Debug, Subcommand)]
pub(crate) enum RequestVerb {
    /// Show the requests that wait.
    List(ListArgs),
    /// Say yes to a request; it goes as soon as interval and capacity allow.
    Approve(ApproveArgs),
    /// Say no to a request; the school gets the reason on a receipt.
    Decline(DeclineArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    /// The request, such as Q000007.
    #[arg(value_name = "ID")]
    pub(crate) id: RequestId,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DeclineArgs {
    /// The request, such as Q000007.
    #[arg(value_name = "ID")]
    pub(crate) id: RequestId,
    /// Why, in words for the school; name no pupil.
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DiscrepancyVerb {
    /// Show what schools found wrong and nobody has answered yet.
    List(ListArgs),
    /// Answer one; the school gets the note on a receipt.
    Resolve(ResolveArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// The file in which it came, such as S000123.
    #[arg(value_name = "ID")]
    pub(crate) id: SubmissionId,
    /// What was found, in words for the school; name no pupil.
    #[arg(long, value_name = "WORDS")]
    pub(crate) note: String,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReviewVerb {
    /// Show what is in doubt, with the nearest records.
    List(ReviewListArgs),
    /// Tie a pupil to a record by hand.
    Tie(TieArgs),
    /// Undo such a tie.
    Untie(UntieArgs),
    /// Undo a large file of withdrawals whose notices still wait.
    Undo(UndoArgs),
    /// Settle what a withdrawal meant: a large file as a whole, or one pupil whom it nearly fits.
    Settle(SettleArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ReviewListArgs {
    /// Of one school only.
    #[arg(long, value_name = "ID", value_parser = school_id)]
    pub(crate) school: Option<SchoolId>,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TieArgs {
    /// The pupil's school.
    #[arg(long, value_name = "ID", value_parser = school_id)]
    pub(crate) school: SchoolId,
    /// The pupil, as `review list` shows it: S000123.7.
    #[arg(long, value_name = "PUPIL")]
    pub(crate) pupil: PupilId,
    /// The record, by the mark that `review list` shows.
    #[arg(long, value_name = "MARK")]
    pub(crate) record: RecordMark,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UntieArgs {
    /// The pupil's school.
    #[arg(long, value_name = "ID", value_parser = school_id)]
    pub(crate) school: SchoolId,
    /// The pupil, as `review list` shows it: S000123.7.
    #[arg(long, value_name = "PUPIL")]
    pub(crate) pupil: PupilId,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// The file of withdrawals, such as S000123.
    #[arg(value_name = "ID")]
    pub(crate) id: SubmissionId,
    /// Why, in words for the school; name no pupil.
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SettleArgs {
    /// The file of withdrawals, such as S000123.
    #[arg(value_name = "ID")]
    pub(crate) id: SubmissionId,
    /// One pupil whom it nearly fits, as `review list` shows it: S000123.7.
    #[arg(long, value_name = "PUPIL")]
    pub(crate) pupil: Option<PupilId>,
    /// What it meant.
    #[command(flatten)]
    pub(crate) meant: MeantArgs,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

/// What a withdrawal meant: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct MeantArgs {
    /// It withdraws: of a large file the notices go out, a pupil held is withdrawn.
    #[arg(long)]
    pub(crate) withdraw: bool,
    /// It does not mean this pupil: the pupil is shared again.
    #[arg(long, requires = "pupil")]
    pub(crate) keep: bool,
}
