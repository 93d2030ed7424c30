//! What a note says: the act, as far as doing it again needs.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::{
    domain::ids::{SchoolId, SubmissionId},
    flow::{
        command::{Command, Reply, Scope},
        discrepancies::DiscrepancyCommand,
        requests::RequestCommand,
        review::ReviewCommand,
        who::Who,
    },
};

/// One note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::flow) struct Note {
    /// When, by the ledger's time.
    #[serde(with = "time::serde::rfc3339")]
    pub(in crate::flow) at: OffsetDateTime,
    /// The trail's row of the act, or a later one: a ledger that has it knows of the act.
    pub(in crate::flow) head: u64,
    /// Numbers that the act was given.
    pub(in crate::flow) ids: Vec<SubmissionId>,
    /// The act.
    pub(in crate::flow) deed: Deed,
}

/// An act that leaves no upload behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "kebab-case")]
pub(in crate::flow) enum Deed {
    /// A pupil told the council.
    Withdrawn {
        /// The school.
        school: SchoolId,
        /// Whose consent.
        who: Who,
    },
    /// Somebody was erased: marks, and no name.
    Erased {
        /// Where.
        schools: Vec<ErasedAt>,
        /// On which local day.
        on: Date,
    },
    /// Sharing was stopped.
    Held {
        /// Whose.
        scope: Scope,
        /// Outboxes were emptied as well.
        recall: bool,
    },
    /// Sharing may go on.
    Resumed {
        /// Whose.
        scope: Scope,
    },
    /// A breach's clock runs, or has stopped.
    Breach {
        /// Which, as clocks are named.
        about: String,
        /// Since when it is known.
        #[serde(with = "time::serde::rfc3339")]
        known_at: OffsetDateTime,
        /// The clock has stopped.
        reported: bool,
    },
    /// What is told to an operator and not done again, because it would share more.
    Other {
        /// The command, without reasons.
        what: String,
    },
}

/// Whom a school can't share any more, by keyed marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::flow) struct ErasedAt {
    /// The school.
    pub(in crate::flow) school: SchoolId,
    /// The marks.
    pub(in crate::flow) marks: Vec<[u8; 16]>,
}

impl Deed {
    /// The deed of a command, where it leaves a note. An erasure notes itself, before it forgets.
    pub(in crate::flow) fn of(command: &Command, now: OffsetDateTime) -> Option<Self> {
        let other = |what: String| Some(Self::Other { what });
        match command {
            Command::Withdraw(withdraw) => Some(Self::Withdrawn {
                school: withdraw.school,
                who: withdraw.who.clone(),
            }),
            Command::Hold { scope, recall, .. } => Some(Self::Held {
                scope: *scope,
                recall: *recall,
            }),
            Command::Resume { scope } => Some(Self::Resumed { scope: *scope }),
            Command::Breach(breach) => Some(Self::Breach {
                about: breach.about.name(),
                known_at: breach.known_at.unwrap_or(now),
                reported: breach.reported,
            }),
            Command::Request(RequestCommand::Approve { id }) => {
                other(format!("request approve {id}"))
            }
            Command::Request(RequestCommand::Decline { id, .. }) => {
                other(format!("request decline {id}"))
            }
            Command::Discrepancy(DiscrepancyCommand::Resolve { id, .. }) => {
                other(format!("discrepancy resolve {id}"))
            }
            Command::Review(review) => review_words(review).and_then(other),
            Command::Release { .. }
            | Command::Unban { .. }
            | Command::Request(RequestCommand::List)
            | Command::Discrepancy(DiscrepancyCommand::List)
            | Command::Subject(_)
            | Command::Erase(_)
            | Command::BackupMade(_) => None,
        }
    }

    /// The word in a note's name.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Withdrawn { .. } => "withdrawn",
            Self::Erased { .. } => "erased",
            Self::Held { .. } => "held",
            Self::Resumed { .. } => "resumed",
            Self::Breach { .. } => "breach",
            Self::Other { .. } => "other",
        }
    }
}

/// Numbers that an act was given, as its reply tells.
pub(super) fn ids_of(reply: &Reply) -> Vec<SubmissionId> {
    match reply {
        Reply::Withdrawn(done) => vec![done.id],
        _ => Vec::new(),
    }
}

fn review_words(command: &ReviewCommand) -> Option<String> {
    match command {
        ReviewCommand::List { .. } => None,
        ReviewCommand::Tie { school, pupil, .. } => {
            Some(format!("review tie, pupil {pupil} of school {school}"))
        }
        ReviewCommand::Untie { school, pupil } => {
            Some(format!("review untie, pupil {pupil} of school {school}"))
        }
        ReviewCommand::Undo { id, .. } => Some(format!("review undo {id}")),
        ReviewCommand::Settle { id, .. } => Some(format!("review settle {id}")),
    }
}
