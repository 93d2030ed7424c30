//! The sentences at the head of a receipt: what a school must know before anything else.

use crate::domain::days::Cohort;

use super::judgement::WithdrawalScale;

/// What the sentences are about.
pub(super) struct Told<'a> {
    /// Pupils on the last list who are not on this one.
    pub(super) missing: u32,
    /// Pupils on both, without a yes on this one.
    pub(super) unsaid: u32,
    /// Cohorts of whose consents more than a third lapsed.
    pub(super) incomplete: &'a [Cohort],
    /// Rows that took effect though the list was refused.
    pub(super) despite: usize,
    /// How many were withdrawn.
    pub(super) withdrawals: WithdrawalScale,
}

impl Told<'_> {
    /// The sentences, the most urgent first.
    pub(super) fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        sentences.extend(missing(self.missing));
        sentences.extend(unsaid(self.unsaid));
        sentences.extend(self.incomplete.iter().map(|cohort| incomplete(*cohort)));
        sentences.extend(despite(self.despite));
        if self.withdrawals == WithdrawalScale::Large {
            sentences.push(LARGE.to_owned());
        }
        sentences
    }
}

/// "The receipt's first line says so when it happens" (spec 3), in the contract's own words.
fn missing(pupils: u32) -> Option<String> {
    let (pupils, are) = plural(pupils)?;
    Some(format!(
        "{pupils} on your last list {are} not on this one; sharing for them has stopped. If that was \
         not meant, send the full list again; a file of additions only is named `add …`."
    ))
}

fn unsaid(pupils: u32) -> Option<String> {
    let (pupils, are) = plural(pupils)?;
    Some(format!(
        "{pupils} who had consented {are} on this list without a yes; sharing for them has stopped."
    ))
}

fn incomplete(cohort: Cohort) -> String {
    let year = cohort.birth_year();
    format!(
        "The list is probably incomplete: it leaves out more than a third of those on your last list \
         who were born from September {year} to August {}.",
        year + 1
    )
}

fn despite(rows: usize) -> Option<String> {
    let (rows, took) = match rows {
        0 => return None,
        1 => ("1 row that withdraws".to_owned(), "This"),
        many => (format!("{many} rows that withdraw"), "These"),
    };
    Some(format!(
        "The list was not taken, but it has {rows} consent. {took} took effect all the same."
    ))
}

fn plural(pupils: u32) -> Option<(String, &'static str)> {
    match pupils {
        0 => None,
        1 => Some(("1 pupil".to_owned(), "is")),
        many => Some((format!("{many} pupils"), "are")),
    }
}

const LARGE: &str = "This file withdraws the consent of so many pupils that the council looks at it \
                     before it asks you to destroy anything. Sharing for them has stopped already.";
