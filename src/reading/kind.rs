//! What an uploaded file is, by its name alone (spec 2). Knows no bytes: what a name promises, the
//! readers still have to find.

use crate::domain::list::FileKind;

/// What a file's name says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// What the school means it to be.
    pub kind: FileKind,
    /// `.age` behind the name: encrypted to the council's intake key.
    pub encrypted: bool,
    /// How its rows are written; `None` where it is no spreadsheet.
    pub format: Option<FileFormat>,
}

/// The spreadsheets that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileFormat {
    /// Separated values.
    Csv,
    /// Values separated by tabs, or by whatever the header row shows.
    Tsv,
    /// Separated values under a text file's name.
    Txt,
    /// Excel from 2007.
    Xlsx,
    /// Excel to 2003, which schools' systems still print.
    Xls,
    /// `LibreOffice` and its kin.
    Ods,
}

impl FileFormat {
    /// The format that this extension (without its dot) stands for; case does not matter.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "txt" => Self::Txt,
            "xlsx" => Self::Xlsx,
            "xls" => Self::Xls,
            "ods" => Self::Ods,
            _ => return None,
        })
    }

    /// Whether it is plain text with separators between its cells.
    pub fn is_delimited(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv | Self::Txt)
    }
}

/// What a file of this name is: the first row of spec 2's table that fits.
pub fn kind_of(name: &str) -> Named {
    let (name, encrypted) = match strip_extension(name.trim(), "age") {
        Some(inner) => (inner.trim_end(), true),
        None => (name.trim(), false),
    };
    let (stem, format) = match name.rsplit_once('.') {
        Some((stem, extension)) => (stem, FileFormat::of_extension(extension)),
        None => (name, None),
    };
    let stem = if format.is_some() { stem } else { name };
    Named {
        kind: kind_by_words(&words(stem), format.is_some()),
        encrypted,
        format,
    }
}

/// Whether a client uses this name only while it is still writing.
pub fn is_unfinished(name: &str) -> bool {
    let unfinished = |extension: &&str| strip_extension(name, extension).is_some();
    name.starts_with(['.', '~']) || name.ends_with('~') || UNFINISHED.iter().any(unfinished)
}

/// Whether a name holds a word of refusal. A list without a consent column under such a name may be a
/// list of those who said no (spec 2).
pub fn names_refusals(name: &str) -> bool {
    let spoken: String = name.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    words(&spoken).iter().any(|word| {
        REFUSING_WORDS.contains(&word.as_str())
            || REFUSING_STEMS.iter().any(|stem| word.starts_with(stem))
    })
}

/// Whether a title or a sheet's name says plainly that what follows are refusals. Narrower than
/// [`names_refusals`], because titles are sentences ("do not pass on").
pub(super) fn tells_of_refusal(title: &str) -> bool {
    let words = words(title);
    let refused = words
        .iter()
        .any(|word| REFUSING_TITLES.iter().any(|stem| word.starts_with(stem)));
    let negated = words.windows(2).any(|pair| {
        NEGATIONS.contains(&pair[0].as_str())
            && NEGATED_STEMS.iter().any(|stem| pair[1].starts_with(stem))
    });
    refused || negated || withdraws(&words)
}

fn kind_by_words(words: &[String], spreadsheet: bool) -> FileKind {
    let first = words.first().map_or("", String::as_str);
    if spreadsheet && withdraws(words) {
        return FileKind::Withdrawal;
    }
    let known = FIRST_WORDS.iter().find(|(word, _)| *word == first);
    match known.map(|(_, kind)| *kind) {
        Some(FileKind::Addition) | None if !spreadsheet => FileKind::Unknown,
        Some(kind) => kind,
        None => FileKind::ConsentList,
    }
}

fn withdraws(words: &[String]) -> bool {
    let opting_out = words
        .windows(2)
        .any(|pair| OPTING.contains(&pair[0].as_str()) && OUT.contains(&pair[1].as_str()));
    opting_out
        || words
            .iter()
            .any(|word| word.starts_with(WITHDRAWING_STEM) || OPT_OUTS.contains(&word.as_str()))
}

/// Runs of letters, in lower case.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn strip_extension<'n>(name: &'n str, extension: &str) -> Option<&'n str> {
    let (stem, found) = name.rsplit_once('.')?;
    found.eq_ignore_ascii_case(extension).then_some(stem)
}

/// What a file is by the first word of its name (spec 2).
pub(super) const FIRST_WORDS: [(&str, FileKind); 9] = [
    ("request", FileKind::Request),
    ("requests", FileKind::Request),
    ("discrepancy", FileKind::Discrepancy),
    ("discrepancies", FileKind::Discrepancy),
    ("destroyed", FileKind::Destruction),
    ("add", FileKind::Addition),
    ("additional", FileKind::Addition),
    ("additions", FileKind::Addition),
    ("late", FileKind::Addition),
];

/// The beginning of words that withdraw.
pub(super) const WITHDRAWING_STEM: &str = "withdr";

/// Words that withdraw.
pub(super) const OPT_OUTS: [&str; 2] = ["optout", "optouts"];

/// Words that withdraw where one of [`OUT`] follows.
pub(super) const OPTING: [&str; 4] = ["opt", "opts", "opted", "opting"];

/// See [`OPTING`].
pub(super) const OUT: [&str; 2] = ["out", "outs"];

/// Beginnings of words that refuse in a title.
pub(super) const REFUSING_TITLES: [&str; 6] = [
    "refus",
    "declin",
    "withdr",
    "revok",
    "optedout",
    "nonconsent",
];

/// Words that refuse where a word with one of [`NEGATED_STEMS`] follows.
pub(super) const NEGATIONS: [&str; 4] = ["no", "not", "non", "without"];

/// See [`NEGATIONS`].
pub(super) const NEGATED_STEMS: [&str; 3] = ["consent", "agree", "permi"];

/// Extensions that clients give to a file while they write it.
pub(super) const UNFINISHED: [&str; 5] = ["filepart", "part", "partial", "tmp", "crdownload"];

/// Words that refuse, as whole words.
pub(super) const REFUSING_WORDS: [&str; 33] = [
    "no",
    "not",
    "non",
    "none",
    "never",
    "nobody",
    "nos",
    "noes",
    "nay",
    "nil",
    "without",
    "against",
    "except",
    "missing",
    "outstanding",
    "pending",
    "awaiting",
    "unsigned",
    "unreturned",
    "unwilling",
    "unconsented",
    "cannot",
    "cant",
    "dont",
    "doesnt",
    "didnt",
    "wont",
    "havent",
    "hasnt",
    "isnt",
    "arent",
    "wouldnt",
    "deny",
];

/// Beginnings of words that refuse. Those that withdraw make a file of withdrawals by themselves; here
/// they catch spellings that the table does not know, such as `OptedOut`.
pub(super) const REFUSING_STEMS: [&str; 22] = [
    "refus",
    "declin",
    "revok",
    "revoc",
    "denied",
    "denies",
    "denial",
    "object",
    "reject",
    "cancel",
    "remov",
    "exclu",
    "dissent",
    "disagree",
    "nonconsent",
    "noconsent",
    "notconsent",
    "withhold",
    "withheld",
    "unsubscri",
    "optedout",
    "optingout",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> FileKind {
        kind_of(name).kind
    }

    #[test]
    fn withdrawals_are_known_by_their_words() {
        for name in [
            "opt out.csv",
            "opted-outs.xlsx",
            "optouts.csv",
            "OPT_OUT.TXT",
            "Withdrawals.csv",
            "withdrawn pupils.txt",
            "8604001 withdrew.ods",
            "request withdraw.csv",
            "opting out 2027.csv.age",
        ] {
            assert_eq!(kind(name), FileKind::Withdrawal, "{name}");
        }
    }

    #[test]
    fn a_word_that_only_looks_like_opting_out_makes_a_consent_list() {
        for name in [
            "Options - Southfield leavers.csv",
            "opt-in out.csv",
            "outopt.csv",
            "leavers.csv",
            "Year 11.XLSX",
            "opt.csv",
            "address list.csv",
            "latest.csv",
        ] {
            assert_eq!(kind(name), FileKind::ConsentList, "{name}");
        }
    }

    #[test]
    fn requests_and_confirmations_are_known_whatever_their_extension() {
        for name in [
            "request",
            "request.txt",
            "Requests.csv",
            "REQUEST-2027",
            "Request for data.docx",
            "request.txt.age",
        ] {
            assert_eq!(kind(name), FileKind::Request, "{name}");
        }
        assert_eq!(kind("discrepancies.pdf"), FileKind::Discrepancy);
        assert_eq!(kind("discrepancy.txt"), FileKind::Discrepancy);
        assert_eq!(kind("destroyed"), FileKind::Destruction);
        assert_eq!(kind("destroyed.txt"), FileKind::Destruction);
        assert_eq!(kind("our request.txt"), FileKind::ConsentList);
    }

    #[test]
    fn additions_are_spreadsheets_whose_first_word_says_so() {
        for name in [
            "add 3 more.csv",
            "Late returns.xlsx",
            "additions.ods",
            "additional.tsv",
        ] {
            assert_eq!(kind(name), FileKind::Addition, "{name}");
        }
        assert_eq!(kind("add.docx"), FileKind::Unknown);
        assert_eq!(kind("list to add.csv"), FileKind::ConsentList);
    }

    #[test]
    fn anything_else_is_unknown_and_never_parsed() {
        for name in [
            "list.pdf",
            "list.docx",
            "8604001_CTF_8604100_001.xml",
            "list.csv.exe",
            "list.xlsm",
            "list",
            "",
            "withdrawal.docx",
            ".age",
        ] {
            assert_eq!(kind(name), FileKind::Unknown, "{name}");
        }
    }

    #[test]
    fn encryption_is_told_by_the_name_and_the_format_by_what_is_before_it() {
        let named = kind_of("Leavers.XLSX.AGE");
        assert!(named.encrypted);
        assert_eq!(named.format, Some(FileFormat::Xlsx));
        assert_eq!(named.kind, FileKind::ConsentList);
        assert!(!kind_of("leavers.csv").encrypted);
        assert_eq!(kind_of("request").format, None);
    }

    #[test]
    fn titles_that_tell_of_refusals_are_told_from_other_sentences() {
        for title in [
            "Pupils who did not consent",
            "Declined",
            "No consent",
            "Opted out",
        ] {
            assert!(tells_of_refusal(title), "{title}");
        }
        for title in [
            "Confidential - do not pass on",
            "Year 11 leavers",
            "Sheet1",
            "",
        ] {
            assert!(!tells_of_refusal(title), "{title}");
        }
    }

    #[test]
    fn names_of_files_that_are_still_being_written() {
        for name in [
            "list.csv.filepart",
            "a.PART",
            "a.partial",
            "a.tmp",
            "a.crdownload",
            ".in.list.csv",
            "list.csv~",
            "~$list.xlsx",
        ] {
            assert!(is_unfinished(name), "{name}");
        }
        for name in ["list.csv", "part.csv", "tmp", "a.parts"] {
            assert!(!is_unfinished(name), "{name}");
        }
    }

    #[test]
    fn names_of_refusals_are_told_from_names_of_lists() {
        for name in [
            "no consent.csv",
            "Non-consenting.xlsx",
            "declined 2027.csv",
            "Refusals.csv",
            "revoked.csv",
            "pupils who didn't agree.csv",
            "OptedOut.csv",
            "objections.csv",
            "Consents outstanding.csv",
        ] {
            assert!(names_refusals(name), "{name}");
        }
        for name in [
            "consent list.csv",
            "Norwood leavers.csv",
            "Notre Dame.csv",
            "leavers 2027.csv",
            "Options - Southfield leavers.csv",
        ] {
            assert!(!names_refusals(name), "{name}");
        }
    }
}
