//! Arguments of the commands that are about one person, or about a loss.

use clap::Args;
use time::OffsetDateTime;

use super::{instant, school_id};
use crate::domain::ids::{ReleaseId, SchoolId};

/// Whom a command is about. Without any of these it asks.
#[derive(Debug, Args)]
pub(crate) struct WhoArgs {
    /// Read the person as JSON from standard input.
    #[arg(value_name = "-", value_parser = ["-"], conflicts_with_all = ["forename", "surname", "dob", "upn", "uln"])]
    pub(crate) source: Option<String>,
    /// Forename. Arguments show in the list of processes: better let the command ask.
    #[arg(long, value_name = "NAME")]
    pub(crate) forename: Option<String>,
    /// Surname; the same warning.
    #[arg(long, value_name = "NAME")]
    pub(crate) surname: Option<String>,
    /// Date of birth; the same warning.
    #[arg(long, value_name = "DATE")]
    pub(crate) dob: Option<String>,
    /// Unique Pupil Number; the same warning.
    #[arg(long)]
    pub(crate) upn: Option<String>,
    /// Unique Learner Number; the same warning.
    #[arg(long)]
    pub(crate) uln: Option<String>,
}

/// When a command acts.
#[derive(Debug, Args)]
pub(crate) struct AtArgs {
    /// Act as if it were this time (RFC 3339): for rehearsals.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<OffsetDateTime>,
}

#[derive(Debug, Args)]
pub(crate) struct WithdrawArgs {
    /// The school that collected the consent.
    #[arg(long, value_name = "ID", value_parser = school_id)]
    pub(crate) school: SchoolId,
    #[command(flatten)]
    pub(crate) who: WhoArgs,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SubjectArgs {
    #[command(flatten)]
    pub(crate) who: WhoArgs,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    #[command(flatten)]
    pub(crate) who: WhoArgs,
    /// Leave the mark at this school as well, though nothing is on record there.
    #[arg(long, value_name = "ID", value_parser = school_id)]
    pub(crate) school: Option<SchoolId>,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BreachArgs {
    #[command(flatten)]
    pub(crate) about: LostArgs,
    /// When it became known (RFC 3339); now without it. The first run under one name starts the 72 hours.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) known_at: Option<OffsetDateTime>,
    /// The ICO was told, or need not be: the clock stops.
    #[arg(long)]
    pub(crate) reported: bool,
    #[command(flatten)]
    pub(crate) when: AtArgs,
}

/// What was lost: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct LostArgs {
    /// A destination file was lost, or opened by somebody else.
    #[arg(long, value_name = "ID")]
    pub(crate) release: Option<ReleaseId>,
    /// A person's key was lost, by its fingerprint (SHA256:…) or age recipient.
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) key: Option<String>,
    /// All that a school holds was lost.
    #[arg(long, value_name = "ID", value_parser = school_id)]
    pub(crate) school: Option<SchoolId>,
}
