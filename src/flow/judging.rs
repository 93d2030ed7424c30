//! From the bytes of one upload to what it changes: name, encryption, table, rows, judgement. Pure but
//! for the keys it is handed, so that many uploads are judged at once, each on its own.

use std::borrow::Cow;

use time::Date;
use zeroize::Zeroizing;

use super::{
    discrepancies::Report,
    facts::SchoolFacts,
    upload::{Body, Taken},
};
use crate::{
    domain::{
        days::birthday,
        ids::NoticeId,
        list::{Cell, FileKind},
        problem::{Problem, ProblemCode},
        receipt::{Expiring, Kind, Outcome, RowCounts},
        school::AgreementStanding,
    },
    jail::{JailError, Readers},
    ledger::Notice,
    policy::judge::{Change, Judgement, ListRules, Situation, WithdrawalScale, judge},
    reading::{
        Body as Text, Contents, Limits, ListAsk, Named, Unreadable, confirmed_notices, kind_of,
        names_refusals, pupils, request_reason,
    },
    seal::{IntakeKey, OpenFault},
    transport::metrics::ReaderFailure,
};

/// What every judgement of a pass has in common.
pub(super) struct Bench<'a> {
    pub(super) today: Date,
    pub(super) rules: &'a ListRules,
    pub(super) limits: &'a Limits,
    pub(super) max_bytes: u64,
    pub(super) readers: &'a Readers,
    pub(super) intake_key: Option<&'a IntakeKey>,
    /// Whether schools named in the list are not compared: nobody said whose list it is.
    pub(super) any_school: bool,
    /// Is told of uploads that get no answer from their reader.
    pub(super) reader_failed: &'a (dyn Fn(&Taken, ReaderFailure) + Sync),
}

/// What became of one upload.
pub(super) struct Judged {
    pub(super) kind: Kind,
    pub(super) outcome: Outcome,
    /// Whether it changed anything, or would have: then the same bytes again change nothing.
    pub(super) took_effect: bool,
    pub(super) counts: Option<RowCounts>,
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<String>,
    pub(super) changes: Vec<Change>,
    pub(super) scale: WithdrawalScale,
    /// The notices that a confirmation closes.
    pub(super) confirmed: Vec<NoticeId>,
    /// What a request asks for; granted, queued or held when it is recorded.
    pub(super) ask: Option<Ask>,
    /// What a discrepancy tells, for an analyst.
    pub(super) report: Option<Report>,
    /// How many of the school's consents end soon once its changes are made.
    pub(super) expiring: Option<Expiring>,
}

/// A request as its file makes it: nothing in it chooses a recipient, a path or a pupil.
pub(super) struct Ask {
    pub(super) reason: Zeroizing<String>,
}

impl Bench<'_> {
    /// Judges one upload against what the ledger knows of its school. An error is none of the upload's: it can
    /// be judged later.
    pub(super) fn judge(&self, taken: &Taken, facts: &SchoolFacts) -> Result<Judged, JailError> {
        let named = kind_of(&taken.upload.name);
        let kind = kind_named(named.kind);
        let mut judged = match self.read(taken, facts, named) {
            Ok(judged) => judged,
            Err(Stop::Refused(problem)) => Judged::refused(kind, problem),
            Err(Stop::Unread(error)) => return Err(error),
        };
        if taken.upload.school.is_unknown() {
            judged.blame_the_school_number();
        }
        Ok(judged)
    }

    fn read(&self, taken: &Taken, facts: &SchoolFacts, named: Named) -> Result<Judged, Stop> {
        let bytes = match &taken.upload.body {
            Body::Bytes(bytes) => bytes,
            Body::Unread(code) => return Err(Problem::of_file(*code).into()),
        };
        if named.kind == FileKind::Unknown {
            return Err(Problem::of_file(ProblemCode::FileTypeUnknown).into());
        }
        let bytes = if named.encrypted {
            Cow::Owned(self.decrypt(bytes)?)
        } else {
            Cow::Borrowed(bytes)
        };
        match named.kind {
            FileKind::ConsentList | FileKind::Addition | FileKind::Withdrawal => {
                self.list(taken, facts, named, &bytes)
            }
            FileKind::Request => self.request(taken, &bytes),
            FileKind::Discrepancy => self.discrepancy(taken, &bytes),
            FileKind::Destruction => destruction(&self.text(taken, &bytes)?, &facts.notices),
            FileKind::Unknown => Err(Problem::of_file(ProblemCode::FileTypeUnknown).into()),
        }
    }

    fn decrypt(&self, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let key = self
            .intake_key
            .ok_or_else(|| Problem::of_file(ProblemCode::FileEncryptedToAnotherKey))?;
        let most = usize::try_from(self.max_bytes).unwrap_or(usize::MAX);
        key.open_upload(bytes, most).map_err(|fault| {
            Problem::of_file(match fault {
                OpenFault::NotOurs | OpenFault::Passphrase => {
                    ProblemCode::FileEncryptedToAnotherKey
                }
                OpenFault::Damaged => ProblemCode::FileUnreadable,
                OpenFault::TooLarge => ProblemCode::FileTooLarge,
            })
        })
    }

    fn list(
        &self,
        taken: &Taken,
        facts: &SchoolFacts,
        named: Named,
        bytes: &[u8],
    ) -> Result<Judged, Stop> {
        let upload = &taken.upload;
        let again = facts.latest(named.kind) == Some(upload.sha256);
        let in_force = upload.school.standing(self.today) == AgreementStanding::InForce;
        if again && in_force && named.kind != FileKind::Withdrawal {
            return Ok(Judged::same_as_earlier(kind_named(named.kind)));
        }
        let Contents::Rows(table) = self.contents(taken, bytes)? else {
            return Err(Problem::of_file(ProblemCode::FileTypeUnknown).into());
        };
        let mut read = pupils(&table, named.kind, &self.ask_of(&upload.name))?;
        if self.any_school {
            read.rows
                .iter_mut()
                .for_each(|row| row.school = Cell::Blank);
        }
        let barred = facts
            .barred
            .as_ref()
            .map(|barred| barred.sift(named.kind, &mut read, &facts.consents));
        let mut judgement = judge(
            named.kind,
            &read,
            &Situation {
                school: &upload.school,
                today: self.today,
                submission: taken.id,
                rules: self.rules,
                consents: &facts.consents,
                lists: &facts.lists,
                remembered: &facts.remembered,
                undoable: &facts.undoable,
            },
        );
        if let Some(rows) = barred {
            rows.tell(&mut judgement);
        }
        // A withdrawal always takes effect, so only one that found nothing left to do is "the same".
        if again && judgement.changes.is_empty() {
            return Ok(Judged::same_as_earlier(kind_named(named.kind)));
        }
        Ok(Judged::of_list(kind_named(named.kind), judgement))
    }

    fn ask_of(&self, name: &str) -> ListAsk {
        let born = |age: i32| birthday(self.today, -age);
        ListAsk {
            file_refuses: names_refusals(name),
            pupil_born: born(OLDEST_PUPIL)..=born(YOUNGEST_PUPIL),
        }
    }

    fn contents(&self, taken: &Taken, bytes: &[u8]) -> Result<Contents, Stop> {
        let read = self
            .readers
            .read(&taken.upload.name, bytes, self.limits)
            .map_err(Stop::Unread)?;
        read.map_err(|why| {
            match why {
                Unreadable::BrokeReader => (self.reader_failed)(taken, ReaderFailure::Broke),
                Unreadable::TooSlow => (self.reader_failed)(taken, ReaderFailure::TooSlow),
                _ => {}
            }
            Stop::Refused(why.into())
        })
    }

    fn text(&self, taken: &Taken, bytes: &[u8]) -> Result<Text, Stop> {
        match self.contents(taken, bytes)? {
            Contents::Text(body) => Ok(body),
            Contents::Rows(_) => Err(Problem::of_file(ProblemCode::FileTypeUnknown).into()),
        }
    }

    fn discrepancy(&self, taken: &Taken, bytes: &[u8]) -> Result<Judged, Stop> {
        if bytes.is_empty() {
            return Err(Problem::of_file(ProblemCode::FileEmpty).into());
        }
        let body = match self.text(taken, bytes) {
            // What is no text is a discrepancy without words.
            Err(Stop::Refused(_)) => Text::default(),
            read => read?,
        };
        let report = Report::of(&taken.upload.name, &body);
        Ok(Judged {
            notes: report.note().into_iter().collect(),
            report: Some(report),
            ..Judged::of_file(Kind::Discrepancy, Outcome::Accepted)
        })
    }

    fn request(&self, taken: &Taken, bytes: &[u8]) -> Result<Judged, Stop> {
        let reason = Zeroizing::new(request_reason(&self.text(taken, bytes)?)?);
        match taken.upload.school.standing(self.today) {
            AgreementStanding::InForce => Ok(Judged {
                ask: Some(Ask { reason }),
                ..Judged::of_file(Kind::Request, Outcome::Accepted)
            }),
            _ => Err(Problem::of_file(ProblemCode::AgreementNotInForce).into()),
        }
    }
}

/// Why an upload is not judged to its end.
enum Stop {
    /// The school has something to mend.
    Refused(Problem),
    /// Nobody could read it, which is our fault.
    Unread(JailError),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl Judged {
    fn of_file(kind: Kind, outcome: Outcome) -> Self {
        Self {
            kind,
            outcome,
            took_effect: outcome != Outcome::Rejected,
            counts: None,
            problems: Vec::new(),
            notes: Vec::new(),
            changes: Vec::new(),
            scale: WithdrawalScale::Usual,
            confirmed: Vec::new(),
            ask: None,
            report: None,
            expiring: None,
        }
    }

    fn refused(kind: Kind, problem: Problem) -> Self {
        let counts = kind_counts_rows(kind).then(RowCounts::default);
        Self {
            problems: vec![problem],
            counts,
            ..Self::of_file(kind, Outcome::Rejected)
        }
    }

    /// Whether the sealed copy must go: without an agreement nothing of a list is kept (spec 3).
    pub(super) fn keeps_nothing(&self) -> bool {
        let keeps_nothing = [ProblemCode::AgreementNotInForce, ProblemCode::SchoolUnknown];
        self.problems
            .iter()
            .any(|problem| keeps_nothing.contains(&problem.code))
    }

    /// Where the council has no such school, that is why there is no agreement.
    fn blame_the_school_number(&mut self) {
        for problem in &mut self.problems {
            if problem.code == ProblemCode::AgreementNotInForce {
                *problem = Problem::of_file(ProblemCode::SchoolUnknown);
            }
        }
    }

    /// An upload that broke whatever read it.
    pub(super) fn unreadable(taken: &Taken) -> Self {
        let kind = kind_named(kind_of(&taken.upload.name).kind);
        Self::refused(kind, Problem::of_file(ProblemCode::FileUnreadable))
    }

    fn same_as_earlier(kind: Kind) -> Self {
        Self {
            counts: Some(RowCounts::default()),
            problems: vec![Problem::of_file(ProblemCode::SameAsEarlier)],
            ..Self::of_file(kind, Outcome::Accepted)
        }
    }

    fn of_list(kind: Kind, judgement: Judgement) -> Self {
        let Judgement {
            outcome,
            counts,
            problems,
            notes,
            changes,
            withdrawals,
        } = judgement;
        Self {
            counts: Some(counts),
            problems,
            notes,
            changes,
            scale: withdrawals,
            ..Self::of_file(kind, outcome)
        }
    }
}

/// A confirmation closes the notices that it names. One that was closed before stays so; one that nobody
/// knows is told, and keeps none of the others open.
fn destruction(body: &Text, notices: &[Notice]) -> Result<Judged, Stop> {
    let ids = confirmed_notices(body)?;
    if ids.is_empty() {
        let problem = Problem::of_file(ProblemCode::NoticeUnknown);
        return Err(problem.saying("The file names no notice.").into());
    }
    let mut judged = Judged::of_file(Kind::Destruction, Outcome::Accepted);
    for id in &ids {
        match notices.iter().find(|notice| notice.id == *id) {
            Some(notice) if notice.closed_at.is_none() => judged.confirmed.push(*id),
            Some(_) => judged
                .notes
                .push(format!("Your school had confirmed {id} already.")),
            None => judged.problems.push(
                Problem::of_file(ProblemCode::NoticeUnknown)
                    .saying(format!("Your school has no open notice {id}.")),
            ),
        }
    }
    if judged.problems.len() == ids.len() {
        judged.outcome = Outcome::Rejected;
        judged.took_effect = false;
    } else if !judged.problems.is_empty() {
        judged.outcome = Outcome::AcceptedWithErrors;
    }
    Ok(judged)
}

/// The receipt's word for a kind of file.
pub(super) fn kind_named(kind: FileKind) -> Kind {
    match kind {
        FileKind::ConsentList => Kind::ConsentList,
        FileKind::Addition => Kind::Addition,
        FileKind::Withdrawal => Kind::Withdrawal,
        FileKind::Request => Kind::Request,
        FileKind::Discrepancy => Kind::Discrepancy,
        FileKind::Destruction => Kind::Destruction,
        FileKind::Unknown => Kind::Unknown,
    }
}

pub(super) fn kind_counts_rows(kind: Kind) -> bool {
    matches!(kind, Kind::ConsentList | Kind::Addition | Kind::Withdrawal)
}

/// Ages, in years, between which a bare number in a date column is believed to be a birthday. Day numbers of
/// a workbook that counts from 1904 are read as four years and a day earlier: a pupil of 15 would be older
/// than this, and the list is refused.
pub const YOUNGEST_PUPIL: i32 = 13;
/// The oldest: see [`YOUNGEST_PUPIL`].
pub const OLDEST_PUPIL: i32 = 19;
