//! The command line as clap reads it, and nothing else: help, man pages and completions all come from
//! here. Words for people; each verb has a file of its own.

mod audit;
mod copies;
mod pages;
mod persons;
mod queues;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use time::{
    Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description,
};

use crate::{
    boxes::handover::Ban,
    domain::{ids::SchoolId, school::Right},
};

pub(crate) use audit::{AuditVerb, ExportArgs, VerifyArgs};
pub(crate) use copies::{BackupArgs, RestoreArgs};
pub(crate) use pages::{CompletionsArgs, ManArgs, ShellArg};
pub(crate) use persons::{BreachArgs, EraseArgs, SubjectArgs, WhoArgs, WithdrawArgs};
pub(crate) use queues::{DiscrepancyVerb, RequestVerb, ReviewVerb};

/// A secure file-drop daemon for councils and the schools they serve.
#[derive(Debug, Parser)]
#[command(name = "pillarbox", version, about, max_term_width = 100)]
pub(crate) struct Line {
    /// The settings file.
    #[arg(
        long,
        global = true,
        env = "PILLARBOX_CONFIG",
        default_value = "/etc/pillarbox/pillarbox.toml",
        value_name = "FILE"
    )]
    pub(crate) config: PathBuf,
    /// Print JSON for programs instead of words for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Tell the whole story on made-up data, in a temporary folder.
    Demo(DemoArgs),
    /// Make a folder with config, keys and boxes to start from.
    Init(InitArgs),
    /// Check config, schools, keys, permissions and folders; exit 78 if anything is wrong.
    Check,
    /// Run the daemon, or with --once do all that is due and exit.
    Run(RunArgs),
    /// Run the SFTP front end alone, as a user of its own.
    Sftp,
    /// Schools, their persons and their agreements.
    #[command(subcommand)]
    School(SchoolVerb),
    /// What stands and what waits, per school.
    Status(StatusArgs),
    /// Release destinations now, or see with --dry-run what would be released.
    Release(ReleaseArgs),
    /// Stop all sharing at once, for one school or for all.
    Hold(HoldArgs),
    /// End a hold.
    Resume(ScopeArgs),
    /// Requests for a release outside the schedule.
    #[command(subcommand)]
    Request(RequestVerb),
    /// What is in doubt, and what an analyst decides.
    #[command(subcommand)]
    Review(ReviewVerb),
    /// What schools found wrong in what they received.
    #[command(subcommand)]
    Discrepancy(DiscrepancyVerb),
    /// Withdraw a consent for a pupil who told the council; asks whose.
    Withdraw(WithdrawArgs),
    /// What was shared about one person: to whom, when and why; asks about whom.
    Subject(SubjectArgs),
    /// Erase what is kept on one person, and share nothing more; asks about whom.
    Erase(EraseArgs),
    /// Who is affected by a lost file, a stolen key or a school's loss.
    Breach(BreachArgs),
    /// Lift the bans of an address after failed logins.
    Unban(UnbanArgs),
    /// Judge a list on this machine, without sending it anywhere.
    Validate(ValidateArgs),
    /// Decrypt a destination file.
    Open(OpenArgs),
    /// Read uploads for the daemon that started this process, locked in.
    #[command(hide = true)]
    Reader(ReaderArgs),
    /// The audit trail.
    #[command(subcommand)]
    Audit(AuditVerb),
    /// Write a sealed copy of what can't be made again.
    Backup(BackupArgs),
    /// Put a backup into an empty state, and look at the time since.
    Restore(RestoreArgs),
    /// Write the manual pages.
    Man(ManArgs),
    /// Print completions for a shell.
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Keep everything in this folder, to look at it afterwards.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Stay up when the story is told, to try it by hand with any SFTP program on this machine.
    #[arg(long)]
    pub(crate) serve: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder to make.
    #[arg(value_name = "DIR", required_unless_present = "system")]
    pub(crate) folder: Option<PathBuf>,
    /// Make settings and keys where the package's services look for them, in /etc/pillarbox.
    #[arg(long, conflicts_with = "folder")]
    pub(crate) system: bool,
    /// The council's name.
    #[arg(long, value_name = "NAME")]
    pub(crate) council: String,
    /// The local authority's number, three digits.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(200..=998))]
    pub(crate) la: u16,
    /// The council's domain, as in receipts@DOMAIN.
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) domain: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Do all that is due, then exit.
    #[arg(long)]
    pub(crate) once: bool,
    /// Act as if it were this time (RFC 3339). It makes a new ledger a rehearsal for ever.
    #[arg(long, value_name = "TIME", requires = "once", value_parser = instant)]
    pub(crate) at: Option<OffsetDateTime>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SchoolVerb {
    /// Add a school and make its box.
    Add(SchoolAddArgs),
    /// Add a person to a school.
    Person(PersonArgs),
    /// List the schools.
    List,
    /// Show one school: agreement, persons, contacts, and the nine points of the ICO's list.
    Show(SchoolArgs),
    /// Print what a school needs to begin: where its box is, keys, steps.
    Welcome(SchoolArgs),
    /// Suspend a school: nothing is taken or shared, its outbox is emptied.
    Suspend(SuspendArgs),
    /// End a school's agreement from a day.
    Terminate(TerminateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SchoolArgs {
    /// The school's LAESTAB, seven digits.
    #[arg(value_name = "ID", value_parser = school_id)]
    pub(crate) id: SchoolId,
}

#[derive(Debug, Args)]
pub(crate) struct SchoolAddArgs {
    /// The school's LAESTAB, seven digits.
    #[arg(value_name = "ID", value_parser = school_id)]
    pub(crate) id: SchoolId,
    /// The school's name.
    #[arg(long)]
    pub(crate) name: String,
    /// The day on which both had signed the agreement.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) signed: Option<Date>,
    /// The first person's name.
    #[arg(long, value_name = "NAME")]
    pub(crate) person: Option<String>,
    /// That person's public key: a file in OpenSSH's or PuTTY's form.
    #[arg(long, value_name = "FILE.pub", requires = "person")]
    pub(crate) key: Option<PathBuf>,
    /// That person's age recipient (age1…).
    #[arg(long, value_name = "RECIPIENT", requires = "person")]
    pub(crate) age: Option<String>,
    /// The school's URN.
    #[arg(long)]
    pub(crate) urn: Option<String>,
    /// The form of its destination files; may be given twice.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Vec<FormatArg>,
}

#[derive(Debug, Args)]
pub(crate) struct PersonArgs {
    /// The school's LAESTAB, seven digits.
    #[arg(value_name = "ID", value_parser = school_id)]
    pub(crate) id: SchoolId,
    /// The person's name.
    #[arg(long)]
    pub(crate) name: String,
    /// The person's public key: a file in OpenSSH's or PuTTY's form.
    #[arg(long, value_name = "FILE.pub")]
    pub(crate) key: Option<PathBuf>,
    /// The person's age recipient (age1…).
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) age: Option<String>,
    /// What the person may do.
    #[arg(long, value_delimiter = ',', value_parser = right, value_name = "upload,collect", default_value = "upload,collect")]
    pub(crate) may: Vec<Right>,
    /// Who authorised the person.
    #[arg(long, value_name = "NAME")]
    pub(crate) authorised_by: Option<String>,
    /// The last day of the person's rights.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) until: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct SuspendArgs {
    /// The school's LAESTAB, seven digits.
    #[arg(value_name = "ID", value_parser = school_id)]
    pub(crate) id: SchoolId,
    /// End the suspension.
    #[arg(long)]
    pub(crate) lift: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TerminateArgs {
    /// The school's LAESTAB, seven digits.
    #[arg(value_name = "ID", value_parser = school_id)]
    pub(crate) id: SchoolId,
    /// The day from which nothing is taken or shared; today without it.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) from: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Print it anew every two seconds.
    #[arg(long)]
    pub(crate) watch: bool,
}

/// One school, or all: never neither.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ScopeArgs {
    /// One school.
    #[arg(long, value_name = "ID", value_parser = school_id)]
    pub(crate) school: Option<SchoolId>,
    /// All schools.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    #[command(flatten)]
    pub(crate) scope: ReleaseScope,
    /// Print what would be released, and release nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Act as if it were this time (RFC 3339): for rehearsals, or with --dry-run.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<OffsetDateTime>,
    /// Use the newest extract although it has far fewer rows than the last one.
    #[arg(long)]
    pub(crate) accept_extract: bool,
}

/// One school, or all; all where neither is said.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct ReleaseScope {
    /// One school.
    #[arg(long, value_name = "ID", value_parser = school_id)]
    pub(crate) school: Option<SchoolId>,
    /// All schools.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// Why; it stands in the trail.
    #[arg(long)]
    pub(crate) reason: String,
    /// Empty the outboxes as well.
    #[arg(long)]
    pub(crate) recall: bool,
    /// Act as if it were this time (RFC 3339): for rehearsals.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<OffsetDateTime>,
}

#[derive(Debug, Args)]
pub(crate) struct UnbanArgs {
    /// The address, as `status` shows it or as the school tells it.
    #[arg(value_name = "ADDRESS", value_parser = banned_address)]
    pub(crate) address: String,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// The list.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Judge it as if today were this day.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) today: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct ReaderArgs {
    /// Address space, in bytes.
    pub(crate) memory: u64,
    /// Processor time, in seconds.
    pub(crate) seconds: u64,
}

#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// The destination file (`.age`).
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Your key: an age identity file, or an OpenSSH private key.
    #[arg(short, long, value_name = "KEY")]
    pub(crate) identity: PathBuf,
    /// Write to this file instead of the screen.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatArg {
    /// Comma-separated text.
    Csv,
    /// A workbook.
    Xlsx,
}

fn school_id(text: &str) -> Result<SchoolId, String> {
    text.parse().map_err(|fault| {
        format!("a school's id is its LAESTAB, seven digits such as 8604001 ({fault})")
    })
}

/// One address stands for the /64 that bans name.
fn banned_address(text: &str) -> Result<String, String> {
    let one = text.strip_suffix("/64").unwrap_or(text);
    one.parse()
        .map(Ban::address_of)
        .map_err(|_| "write an address as 192.0.2.7 or 2001:db8::/64".to_owned())
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| "write a day as 2026-11-21".to_owned())
}

fn instant(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| "write a time as 2026-11-21T17:30:00Z".to_owned())
}

fn right(text: &str) -> Result<Right, String> {
    match text {
        "upload" => Ok(Right::Upload),
        "collect" => Ok(Right::Collect),
        _ => Err("a person may «upload», «collect», or both".to_owned()),
    }
}
