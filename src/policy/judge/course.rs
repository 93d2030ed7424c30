//! The way of a list, from its rows to a judgement.

use time::Date;

use crate::{
    domain::{
        ids::SubmissionId,
        list::{Columns, FileKind, PupilList},
    },
    policy::identity::Traits,
};

use super::{
    account::{Account, no_rows, nothing_used, too_alike},
    book::Book,
    cohorts,
    judgement::{Judgement, Situation},
    noes,
    people::People,
    rows::Row,
    taking::Taking,
    yeses,
};

/// What a list does to its school's consents. `kind` is a consent list, an addition or a file of
/// withdrawals: no other file has pupils in it.
pub fn judge(kind: FileKind, list: &PupilList, situation: &Situation<'_>) -> Judgement {
    if let Some(refusal) = list.refusal.as_ref().filter(|one| one.identifies_nobody) {
        return nothing_used(list, refusal);
    }
    if list.rows.is_empty() && list.refusal.is_none() {
        return no_rows(list);
    }
    let Some(hearing) = Hearing::hold(kind, list, situation) else {
        return too_alike(list);
    };
    let mut book = Book::open(situation);
    let mut account = Account::open(&hearing);
    if hearing.taking.takes_all() && kind != FileKind::Withdrawal {
        yeses::take(&hearing, &mut book, &mut account);
        cohorts::lapse(&hearing, &mut book, &mut account);
    }
    noes::take(&hearing, situation, &mut book, &mut account);
    account.close(&hearing, list, situation, book)
}

/// A list, understood: what each row says, who is who, and what is taken.
pub(super) struct Hearing<'a> {
    pub(super) kind: FileKind,
    pub(super) columns: &'a Columns,
    pub(super) today: Date,
    pub(super) submission: SubmissionId,
    /// The traits of the pupils on record, in the record's order.
    pub(super) known: Vec<Traits>,
    /// The rows, ordered by what they say.
    pub(super) rows: Vec<Row<'a>>,
    pub(super) people: People,
    pub(super) taking: Taking,
}

impl<'a> Hearing<'a> {
    fn hold(kind: FileKind, list: &'a PupilList, situation: &Situation<'_>) -> Option<Self> {
        let mut rows = Row::understand_all(kind, list, situation.today);
        if kind == FileKind::ConsentList {
            cohorts::mark_slips(&mut rows, &list.columns, situation.lists);
        }
        let taking = Taking::decide(kind, list, &rows, situation);
        let consents = situation.consents.iter();
        let known = consents
            .map(|consent| Traits::of_pupil(&consent.pupil))
            .collect::<Vec<_>>();
        let people = People::gather(&known, &rows, situation)?;
        Some(Self {
            kind,
            columns: &list.columns,
            today: situation.today,
            submission: situation.submission,
            known,
            rows,
            people,
            taking,
        })
    }
}
