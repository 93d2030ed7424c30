//! What one row says of its pupil, and what is wrong with its cells. It knows no other row.

use time::Date;

use crate::{
    domain::{
        days::birthday,
        list::{Answer, Cell, Columns, FileKind, ListRow, PupilList, Withdrawal},
        problem::ProblemCode as Code,
    },
    policy::identity::Traits,
};

/// One row, understood.
pub(super) struct Row<'a> {
    /// What stood in it.
    pub(super) told: &'a ListRow,
    /// Whom it is about, in the forms that are compared.
    pub(super) traits: Traits,
    /// What it says of the pupil's consent.
    pub(super) claim: Claim,
    /// What is wrong with its cells.
    pub(super) faults: Vec<Fault<'a>>,
    /// One of a few rows of a cohort that the list is otherwise not about: it lapses nobody.
    pub(super) slip: bool,
}

/// What a row says of its pupil's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// Consents, on the day told.
    Yes(Option<Date>),
    /// Says nothing that could be a consent, and withdraws nothing.
    Unclear,
    /// A plain No.
    No,
    /// Withdraws, as of the day told.
    Withdrawn(Option<Date>),
}

/// What is wrong with a cell.
#[derive(Clone, Copy)]
pub(super) struct Fault<'a> {
    pub(super) code: Code,
    pub(super) column: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// All rows, in an order that depends only on what they say: whoever comes first in what follows
    /// does so whatever the order in the file.
    pub(super) fn understand_all(kind: FileKind, list: &'a PupilList, today: Date) -> Vec<Self> {
        let rows = list.rows.iter();
        let mut rows = rows
            .map(|row| Self::understand(kind, row, &list.columns, today))
            .collect::<Vec<_>>();
        rows.sort_by(|a, b| {
            let told = |row: &Row<'a>| (row.told.forename.value(), row.told.surname.value());
            let rest = |row: &Row<'a>| (row.claim, row.told.upn.value(), row.told.number);
            let by_pupil = a.traits.cmp(&b.traits);
            by_pupil
                .then_with(|| told(a).cmp(&told(b)))
                .then_with(|| rest(a).cmp(&rest(b)))
        });
        rows
    }

    fn understand(kind: FileKind, told: &'a ListRow, columns: &'a Columns, today: Date) -> Self {
        let traits = Traits::of_description(&told.description());
        let claim = claim(kind, told, today);
        let faults = faults(told, columns, claim, &traits, today);
        Self {
            told,
            traits,
            claim,
            faults,
            slip: false,
        }
    }

    /// Whether the row stops sharing for its pupil, if the pupil is on record.
    pub(super) fn withdraws(&self) -> bool {
        matches!(self.claim, Claim::No | Claim::Withdrawn(_))
    }

    /// Whether the row can't be used for what it says. "Withdrawals and plain Noes always take effect"
    /// (spec 3), so whoever withdraws need only be told well enough to be found.
    pub(super) fn is_bad(&self) -> bool {
        match self.claim {
            Claim::Withdrawn(_) => {
                let out_of_range = |fault: &Fault<'_>| fault.code == Code::DobOutOfRange;
                !self.traits.identify() || self.faults.iter().any(out_of_range)
            }
            Claim::Yes(_) | Claim::Unclear | Claim::No => !self.faults.is_empty(),
        }
    }

    /// Whether the row can speak for its pupil against another row of the same pupil: a bad row gives
    /// no consent, and takes it all the same.
    pub(super) fn speaks(&self) -> bool {
        self.withdraws() || !self.is_bad()
    }
}

/// What a row says. In a file of withdrawals each row withdraws, whatever its consent column says;
/// else "withdrawn, whatever the consent column says" (spec 3). A day that has not come is today.
fn claim(kind: FileKind, row: &ListRow, today: Date) -> Claim {
    let day = match row.withdrawn {
        Withdrawal::On(day) if day <= today => Some(day),
        Withdrawal::On(_) | Withdrawal::Yes | Withdrawal::No => None,
    };
    if kind == FileKind::Withdrawal || row.withdrawn != Withdrawal::No {
        return Claim::Withdrawn(day);
    }
    match row.answer {
        Answer::NoColumn | Answer::Yes => Claim::Yes(row.consented_on.value().copied()),
        Answer::No => Claim::No,
        Answer::Unclear => Claim::Unclear,
    }
}

fn faults<'a>(
    row: &ListRow,
    columns: &'a Columns,
    claim: Claim,
    traits: &Traits,
    today: Date,
) -> Vec<Fault<'a>> {
    let mut faults = Vec::new();
    let mut note = |code: Option<Code>, column: &'a Option<String>| {
        let column = column.as_deref();
        faults.extend(code.map(|code| Fault { code, column }));
    };
    // A withdrawal that is told well enough misses nothing.
    let complete = matches!(claim, Claim::Withdrawn(_)) && traits.identify();
    let missing = |code: Code| (!complete).then_some(code);

    let surname = fault(&row.surname, missing(Code::SurnameMissing));
    let forename = fault(&row.forename, missing(Code::ForenameMissing));
    let one_column = columns.forename.is_some() && columns.forename == columns.surname;
    note(
        forename.filter(|_| !(one_column && forename == surname)),
        &columns.forename,
    );
    note(surname, &columns.surname);
    let out_of_range = row.born.value().filter(|born| !is_a_pupil(**born, today));
    note(
        fault(&row.born, missing(Code::DobMissing)).or(out_of_range.map(|_| Code::DobOutOfRange)),
        &columns.born,
    );
    note(row.upn.fault(), &columns.upn);
    note(row.uln.fault(), &columns.uln);
    note(row.school.fault(), &columns.school);
    // The day of consent of those who did not consent is nobody's concern.
    if let Claim::Yes(day) = claim {
        let future = day.filter(|day| *day > today);
        let code = future.map(|_| Code::ConsentDateInFuture);
        note(row.consented_on.fault().or(code), &columns.consent_date);
    }
    faults
}

fn fault<T>(cell: &Cell<T>, missing: Option<Code>) -> Option<Code> {
    match cell {
        Cell::Blank => missing,
        Cell::Read(_) => None,
        Cell::Bad(code) => Some(*code),
    }
}

/// Whether someone of this age can be on a school's list: from 14, up to 25 with an EHCP.
fn is_a_pupil(born: Date, today: Date) -> bool {
    birthday(born, YOUNGEST) <= today && today < birthday(born, OLDEST + 1)
}

/// The youngest age of a pupil on a list: Year 11 with a margin.
pub const YOUNGEST: i32 = 14;

/// The oldest: clause 2.1 shares to 25 with an EHCP.
pub const OLDEST: i32 = 25;
