//! The closed lists by which lists of pupils are read, as plain data: what the school kit reads by is made of
//! this, so that the page and the daemon can't tell a school two things of one file.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    aliases::{CONSENT_STEMS, Field, HEADERS, SCHOOL_NAMES, SEN},
    body, cells,
    content::{self, Content},
    dates, delimited, header, kind, pupils,
    table::Limits,
    unreadable::Unreadable,
};
use crate::domain::{list::FileKind, problem::Problem};

/// Everything that is a list or a number, and no logic.
#[derive(Clone, Debug, Serialize)]
pub struct ReadingRules {
    /// Headers, each with its field and rank.
    aliases: Vec<(&'static str, Field, u8)>,
    /// Columns of EHCPs from this rank on hold SEN codes.
    sen: u8,
    /// Columns of schools from this rank on may hold names.
    school_names: u8,
    consent_stems: [&'static str; 11],
    header: HeaderRules,
    answers: BTreeMap<&'static str, Vec<&'static str>>,
    withdrawals: BTreeMap<&'static str, Vec<&'static str>>,
    plans: [&'static str; 7],
    months: Vec<String>,
    years: (i32, i32),
    separators: Vec<char>,
    separator_within: usize,
    surely_a_header: usize,
    kinds: KindRules,
    limits: Limits,
    ages: BTreeMap<&'static str, i32>,
    bodies: BTreeMap<&'static str, usize>,
    text_starts: BTreeMap<&'static str, Vec<&'static str>>,
    text_looked_at: usize,
    contents: BTreeMap<String, Told>,
    unreadable: BTreeMap<String, Told>,
}

#[derive(Clone, Debug, Serialize)]
struct HeaderRules {
    searched_rows: usize,
    fewest_known: usize,
    shown_headers: usize,
    shown_characters: usize,
}

#[derive(Clone, Debug, Serialize)]
struct KindRules {
    first_words: BTreeMap<&'static str, &'static str>,
    unfinished: [&'static str; 5],
    withdrawing_stem: &'static str,
    opt_outs: [&'static str; 2],
    opting: [&'static str; 4],
    out: [&'static str; 2],
    refusing_words: Vec<&'static str>,
    refusing_stems: Vec<&'static str>,
    refusing_titles: [&'static str; 6],
    negations: [&'static str; 4],
    negated_stems: [&'static str; 3],
}

/// What a school is told of a file that can't be read. `{row}` stands for a row's number.
#[derive(Clone, Debug, Serialize)]
struct Told {
    code: &'static str,
    message: String,
    fix: String,
}

impl ReadingRules {
    /// The rules for what schools send.
    pub fn of_lists() -> Self {
        let aliases = HEADERS.iter().flat_map(|(field, rank, headers)| {
            let alias = move |header: &&'static str| (*header, *field, *rank);
            headers.iter().map(alias)
        });
        let months = dates::MONTHS.map(|month| String::from_utf8_lossy(month).into_owned());
        Self {
            aliases: aliases.collect(),
            sen: SEN,
            school_names: SCHOOL_NAMES,
            consent_stems: CONSENT_STEMS,
            header: HeaderRules {
                searched_rows: header::SEARCHED_ROWS,
                fewest_known: header::FEWEST_KNOWN,
                shown_headers: header::SHOWN_HEADERS,
                shown_characters: header::SHOWN_CHARACTERS,
            },
            answers: lists(&[("yes", &cells::YES), ("no", &cells::NO)]),
            withdrawals: lists(&[
                ("none", &cells::NOT_WITHDRAWN),
                ("declined", &cells::DECLINED),
            ]),
            plans: cells::PLANS,
            months: months.into(),
            years: (*dates::YEARS.start(), *dates::YEARS.end()),
            separators: delimited::SEPARATORS.map(char::from).into(),
            separator_within: delimited::HEADER_WITHIN,
            surely_a_header: delimited::SURELY_A_HEADER,
            kinds: KindRules::of_names(),
            limits: Limits::LISTS,
            ages: BTreeMap::from([
                ("youngest_consent", pupils::YOUNGEST_CONSENT),
                ("oldest_consent", pupils::OLDEST_CONSENT),
            ]),
            bodies: BTreeMap::from([
                ("longest", body::LONGEST_BODY),
                ("longest_reason", body::LONGEST_REASON),
                ("longest_id", body::LONGEST_ID),
                ("most_ids", body::MOST_IDS),
            ]),
            text_starts: lists(&[("pages", &content::PAGES), ("messages", &content::MESSAGES)]),
            text_looked_at: content::LOOKED_AT,
            contents: contents(),
            unreadable: unreadable(),
        }
    }
}

impl KindRules {
    fn of_names() -> Self {
        let name = |kind| match kind {
            FileKind::ConsentList => "consent-list",
            FileKind::Addition => "addition",
            FileKind::Withdrawal => "withdrawal",
            FileKind::Request => "request",
            FileKind::Discrepancy => "discrepancy",
            FileKind::Destruction => "destruction",
            FileKind::Unknown => "unknown",
        };
        Self {
            first_words: kind::FIRST_WORDS
                .map(|(word, kind)| (word, name(kind)))
                .into(),
            unfinished: kind::UNFINISHED,
            withdrawing_stem: kind::WITHDRAWING_STEM,
            opt_outs: kind::OPT_OUTS,
            opting: kind::OPTING,
            out: kind::OUT,
            refusing_words: kind::REFUSING_WORDS.into(),
            refusing_stems: kind::REFUSING_STEMS.into(),
            refusing_titles: kind::REFUSING_TITLES,
            negations: kind::NEGATIONS,
            negated_stems: kind::NEGATED_STEMS,
        }
    }
}

impl Told {
    fn of(why: Unreadable) -> Self {
        let problem = Problem::from(why);
        Self {
            code: problem.code.code(),
            message: problem.message.replace(&ANY_ROW.to_string(), "{row}"),
            fix: problem.fix,
        }
    }
}

fn lists(named: &[(&'static str, &[&'static str])]) -> BTreeMap<&'static str, Vec<&'static str>> {
    let lists = named.iter().map(|(name, words)| (*name, words.to_vec()));
    lists.collect()
}

fn contents() -> BTreeMap<String, Told> {
    let told = |content: Content| {
        let why = Unreadable::NotWhatItsNameSays(content);
        (format!("{content:?}"), Told::of(why))
    };
    Content::ALL.into_iter().map(told).collect()
}

fn unreadable() -> BTreeMap<String, Told> {
    let Limits {
        max_columns,
        max_cell_chars,
        ..
    } = Limits::LISTS;
    let reasons = [
        Unreadable::Empty,
        Unreadable::TooLarge,
        Unreadable::TooManyRows,
        Unreadable::TooManyColumns { most: max_columns },
        Unreadable::CellTooLong {
            most: max_cell_chars,
        },
        Unreadable::Damaged,
        Unreadable::NotText,
        Unreadable::Utf16Unmarked,
        Unreadable::QuoteUnclosed,
        Unreadable::UnpacksTooLarge,
        Unreadable::OddlyBuilt,
        Unreadable::CellsFarApart,
        Unreadable::PasswordProtected,
        Unreadable::Labelled,
        Unreadable::SheetAmbiguous,
        Unreadable::HiddenSheetToo,
        Unreadable::FormulasWithoutResult { row: ANY_ROW },
        Unreadable::UnknownError { row: ANY_ROW },
        Unreadable::TooSlow,
        Unreadable::BrokeReader,
    ];
    let name = |why: &Unreadable| {
        let shown = format!("{why:?}");
        let end = shown.find(' ').unwrap_or(shown.len());
        shown[..end].to_owned()
    };
    reasons.map(|why| (name(&why), Told::of(why))).into()
}

/// A row whose number stands nowhere else in a sentence.
const ANY_ROW: u32 = 987_654_321;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_keep_a_place_for_the_row() {
        let rules = ReadingRules::of_lists();
        let formulas = &rules.unreadable["FormulasWithoutResult"];
        assert!(formulas.message.contains("row {row}."));
        assert!(rules.unreadable["TooManyColumns"].message.contains("256"));
        assert_eq!(rules.contents["Json"].code, "header-not-found");
        assert_eq!(rules.contents.len(), Content::ALL.len());
    }
}
