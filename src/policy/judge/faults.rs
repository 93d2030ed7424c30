//! What to mend, row by row: bad cells, pupils who are there twice, years that do not fit, days of
//! consent that had to be assumed.

use crate::domain::{
    days::Cohort,
    problem::{Problem, ProblemCode as Code, Severity},
};

use super::{
    course::Hearing,
    people::Person,
    rows::{Claim, Row},
};

/// What is wrong with the cells: a warning where the row was used all the same.
pub(super) fn cells<'h>(
    hearing: &'h Hearing<'_>,
    used: impl Fn(usize) -> bool + 'h,
) -> impl Iterator<Item = Problem> + 'h {
    let rows = hearing.rows.iter().enumerate();
    rows.flat_map(move |(at, row)| {
        let severity = if used(at) {
            Severity::Warning
        } else {
            Severity::Error
        };
        let faults = row.faults.iter();
        faults.map(move |fault| {
            Problem::of_row(fault.code, row.told.number, fault.column).weighing(severity)
        })
    })
}

/// "The same pupil twice: merged with a warning; if any copy says no or withdrawn, no wins" (spec 3).
pub(super) fn duplicates(hearing: &Hearing<'_>) -> impl Iterator<Item = Problem> {
    let persons = hearing.people.persons.iter();
    let twice = persons.filter(|person| person.rows.len() > 1);
    twice.flat_map(|person| copies(person, hearing))
}

fn copies(person: &Person, hearing: &Hearing<'_>) -> Vec<Problem> {
    let rows = person.rows.iter().map(|at| &hearing.rows[*at]);
    let mut copies = rows.filter(|row| row.speaks()).collect::<Vec<_>>();
    copies.sort_by_key(|row| row.told.number);
    let yes = |row: &&Row<'_>| matches!(row.claim, Claim::Yes(_));
    let conflict = copies.iter().any(yes) && !copies.iter().all(yes);
    let Some((first, others)) = copies.split_first() else {
        return Vec::new();
    };
    let first = first.told.number;
    let (code, message) = if conflict {
        let message = format!(
            "This is the same pupil as in row {first}, with and without consent; the no was taken."
        );
        (Code::DuplicateConflict, message)
    } else {
        let message =
            format!("This is the same pupil as in row {first}; the rows were taken as one.");
        (Code::DuplicateMerged, message)
    };
    let others = others.iter().map(|row| row.told.number);
    let problems = others.map(|row| Problem::of_row(code, row, None).saying(message.as_str()));
    problems.collect()
}

/// "Must not contradict the date of birth by more than a year (warning)" (spec 3).
pub(super) fn year_groups(hearing: &Hearing<'_>) -> impl Iterator<Item = Problem> {
    let column = hearing.columns.year_group.as_deref();
    let unlikely = |row: &&Row<'_>| {
        let told = row.told.year_group.map(i32::from);
        let by_birth = row.told.born.value();
        let by_birth = by_birth.map(|born| Cohort::of(*born).year_group(hearing.today));
        let both = told.zip(by_birth).filter(|_| !row.is_bad());
        both.is_some_and(|(told, by_birth)| (told - by_birth).abs() > 1)
    };
    let rows = hearing.rows.iter().filter(unlikely);
    rows.map(move |row| Problem::of_row(Code::YearGroupUnlikely, row.told.number, column))
}

/// One warning for a list that tells no day of consent at all, else one for each of these rows.
pub(super) fn assumed(hearing: &Hearing<'_>, rows: &[u32]) -> Vec<Problem> {
    let code = Code::ConsentDateAssumed;
    let dated = |row: &Row<'_>| matches!(row.claim, Claim::Yes(Some(_)));
    if !rows.is_empty() && !hearing.rows.iter().any(dated) {
        return vec![Problem::of_file(code)];
    }
    let column = hearing.columns.consent_date.as_deref();
    let problems = rows.iter().map(|row| Problem::of_row(code, *row, column));
    problems.collect()
}
