//! What an operator can ask for, and what comes back: plain values, so that the same command works
//! over the control socket of a running daemon and on the ledger itself where none runs.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::{
    FlowError,
    backup::{self, Written},
    discrepancies::{self, DiscrepancyCommand, DiscrepancyLine},
    extract,
    front_end::bans,
    hold,
    house::House,
    notes::{self, Deed},
    notices::{self, Withdraw, Withdrawn},
    release,
    requests::{self, RequestAnswered, RequestCommand, RequestLine},
    restore,
    review::{self, ReviewCommand, ReviewReply},
    rights::{self, Breach, BreachReport, Erase, Erased, Subject, SubjectReport},
};
use crate::{
    domain::{
        ids::{ReleaseId, SchoolId},
        receipt::{ExtractFacts, ReleaseCounts},
    },
    ledger::Actor,
};

/// One command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Release now.
    Release {
        /// For whom.
        scope: Scope,
        /// Only tell what would be released.
        dry_run: bool,
        /// What a dry run takes for now; an act over the socket has none.
        #[serde(with = "time::serde::rfc3339::option")]
        at: Option<OffsetDateTime>,
        /// Use the newest extract although it fell by more than the guard allows.
        accept_extract: bool,
    },
    /// Stop all sharing.
    Hold {
        /// For whom.
        scope: Scope,
        /// Why: it stands in the trail.
        reason: String,
        /// Empty the outboxes as well.
        recall: bool,
    },
    /// End a hold.
    Resume {
        /// For whom.
        scope: Scope,
    },
    /// Lift the bans of an address.
    Unban {
        /// As bans name it.
        address: String,
    },
    /// Withdraw a consent for a pupil who told the council.
    Withdraw(Withdraw),
    /// Show, approve or decline requests.
    Request(RequestCommand),
    /// Show what is in doubt, or decide it.
    Review(ReviewCommand),
    /// Show or answer discrepancies.
    Discrepancy(DiscrepancyCommand),
    /// Tell what was shared about one person.
    Subject(Subject),
    /// Erase what is kept on one person.
    Erase(Erase),
    /// Tell who is affected by a loss.
    Breach(Breach),
    /// A backup was written.
    BackupMade(Written),
}

/// Whom a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Every school.
    All,
    /// One school.
    School(SchoolId),
}

impl Scope {
    /// The school, where it is one.
    pub fn school(self) -> Option<SchoolId> {
        match self {
            Self::All => None,
            Self::School(school) => Some(school),
        }
    }
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    /// Releases made, held, or (dry run) planned.
    Releases {
        /// True for a dry run.
        dry_run: bool,
        /// The extract that they were made from.
        extract: Option<ExtractFacts>,
        /// One a school.
        releases: Vec<ReleaseReport>,
    },
    /// Done, and nothing more to say.
    Done,
    /// A consent was withdrawn.
    Withdrawn(Withdrawn),
    /// What waits of requests.
    Requests {
        /// In the order in which they were asked.
        requests: Vec<RequestLine>,
    },
    /// What came of an officer's answer to a request.
    RequestAnswered(RequestAnswered),
    /// What is in doubt, or what was decided.
    Review(ReviewReply),
    /// What is open of discrepancies.
    Discrepancies {
        /// In the order in which they came.
        discrepancies: Vec<DiscrepancyLine>,
    },
    /// What was shared about one person.
    Subject(SubjectReport),
    /// What was erased.
    Erased(Erased),
    /// Who is affected by a loss.
    Breach(Box<BreachReport>),
    /// Not done: what stands in the way, and what to do next.
    Refused {
        /// What stands in the way.
        why: String,
        /// The next step.
        next: String,
    },
}

/// One school's part of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseReport {
    /// The school.
    pub school: SchoolId,
    /// The release; none in a dry run.
    pub id: Option<ReleaseId>,
    /// Whether a file was (or would be) made.
    pub outcome: crate::domain::receipt::Outcome,
    /// Why not, where it is held.
    pub why: Option<String>,
    /// How many pupils, and what became of each.
    pub counts: ReleaseCounts,
    /// The reasons for not sharing, with how many pupils each.
    pub reasons: Vec<(String, u32)>,
    /// The files in the outbox.
    pub files: Vec<String>,
    /// How many keys open them.
    pub recipients: usize,
    /// The day from which they are no longer in the outbox.
    pub until: Option<Date>,
}

/// Carries a command out. What a lost ledger could not be told by boxes is noted before it is answered.
pub fn perform(house: &mut House, command: Command, actor: &Actor) -> Result<Reply, FlowError> {
    if restore::awaits(house) {
        return Ok(restore::refusal());
    }
    let deed = Deed::of(&command, house.now());
    let reply = carry_out(house, command, actor)?;
    notes::keep(house, deed, &reply)?;
    Ok(reply)
}

fn carry_out(house: &mut House, command: Command, actor: &Actor) -> Result<Reply, FlowError> {
    match command {
        Command::Release {
            scope,
            dry_run: true,
            at,
            accept_extract,
        } => release::rehearse(
            house,
            scope,
            at.unwrap_or_else(|| house.now()),
            accept_extract,
        ),
        Command::Release {
            scope,
            dry_run: false,
            accept_extract,
            ..
        } => {
            if accept_extract {
                extract::accept(house, actor)?;
            }
            release::by_operator(house, scope, actor)
        }
        Command::Hold {
            scope,
            reason,
            recall,
        } => hold::hold(house, scope, &reason, recall, actor),
        Command::Resume { scope } => hold::resume(house, scope, actor),
        Command::Unban { address } => bans::unban(house, &address, actor),
        Command::Withdraw(withdraw) => notices::withdraw(house, &withdraw, actor),
        Command::Request(command) => requests::answer(house, command, actor),
        Command::Review(command) => review::answer(house, command, actor),
        Command::Discrepancy(command) => discrepancies::answer(house, command, actor),
        Command::Subject(subject) => rights::subject(house, &subject, actor),
        Command::Erase(erase) => rights::erase(house, &erase, actor),
        Command::Breach(breach) => rights::breach(house, &breach, actor),
        Command::BackupMade(written) => backup::record(house, &written, actor),
    }
}
