//! The table of the corpus: what is expected of each file.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fmt, fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use pillarbox::domain::problem::{ProblemCode, Severity};
use serde::Deserialize;
use serde_json::Value;

/// What is expected of one file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Entry {
    /// What is wrong with it, in a phrase.
    pub(crate) fault: String,
    /// The name under which it is uploaded; its own, where none is told.
    name: Option<String>,
    #[serde(default = "consent_list")]
    kind: String,
    outcome: String,
    /// How many rows of what; what is not told is none.
    #[serde(default)]
    counts: Counts,
    #[serde(default)]
    problems: Vec<Expected>,
    /// Files of the corpus that the school sent before, each in a pass of its own.
    #[serde(default)]
    pub(crate) before: Vec<String>,
    /// Whose list it is, where the file names its school.
    pub(crate) school: Option<String>,
    #[serde(default)]
    pub(crate) agreement: Agreement,
    /// Lengthened to so many bytes before it is sent.
    pub(crate) grown_to: Option<u64>,
    /// Why the program may answer otherwise for now than the contract says. What is expected stays as the
    /// contract has it, and the test fails as soon as the program answers so.
    pub(crate) differs: Option<String>,
}

/// How a school stands to the council.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Agreement {
    #[default]
    InForce,
    Unsigned,
    Ended,
    /// The council has no such school.
    UnknownSchool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Counts {
    consented: u64,
    not_consented: u64,
    withdrawn: u64,
    rejected: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    row: Option<u64>,
    column: Option<String>,
    code: ProblemCode,
    /// The code's usual weight, where none is told.
    severity: Option<Severity>,
}

/// What a school is told of a file, as far as the table speaks of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    kind: String,
    outcome: String,
    counts: Counts,
    /// Row, column, code and weight, sorted.
    problems: Vec<(Option<u64>, Option<String>, String, Severity)>,
}

impl Entry {
    /// The name under which the file at this path is uploaded.
    pub(crate) fn name<'e>(&'e self, path: &'e str) -> &'e str {
        let own = path.rsplit('/').next().unwrap();
        self.name.as_deref().unwrap_or(own)
    }

    pub(crate) fn codes(&self) -> impl Iterator<Item = ProblemCode> {
        self.problems.iter().map(|problem| problem.code)
    }

    /// Whether nothing but the file at this path decides what is said of it: neither its school, nor what
    /// came before, nor a key.
    pub(crate) fn speaks_for_itself(&self, path: &str) -> bool {
        let names_a_school = self.codes().any(|code| code == ProblemCode::WrongSchool);
        let is_sealed = Path::new(self.name(path)).extension() == Some(OsStr::new("age"));
        let in_force = self.agreement == Agreement::InForce;
        self.before.is_empty() && in_force && !names_a_school && !is_sealed
    }

    pub(crate) fn told(&self) -> Told {
        let problems = self.problems.iter().map(|problem| {
            let (usual, ..) = problem.code.words();
            (
                problem.row,
                problem.column.clone(),
                problem.code.code().to_owned(),
                problem.severity.unwrap_or(usual),
            )
        });
        Told {
            kind: self.kind.clone(),
            outcome: self.outcome.clone(),
            counts: self.counts,
            problems: problems.collect(),
        }
        .sorted()
    }
}

impl Told {
    /// What a receipt or a validation says.
    pub(crate) fn of(json: &Value) -> Self {
        let count = |what: &str| json["counts"][what].as_u64().unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let problems = json["problems"].as_array().unwrap().iter().map(|problem| {
            (
                problem["row"].as_u64(),
                text(&problem["column"]),
                text(&problem["code"]).unwrap(),
                serde_json::from_value(problem["severity"].clone()).unwrap(),
            )
        });
        Self {
            kind: text(&json["kind"]).unwrap(),
            outcome: text(&json["outcome"]).unwrap(),
            counts: Counts {
                consented: count("consented"),
                not_consented: count("not_consented"),
                withdrawn: count("withdrawn"),
                rejected: count("rejected"),
            },
            problems: problems.collect(),
        }
        .sorted()
    }

    fn sorted(mut self) -> Self {
        self.problems.sort();
        self
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            consented,
            not_consented,
            withdrawn,
            rejected,
        } = self.counts;
        write!(
            f,
            "{} {}, {consented} consented, {not_consented} not, {withdrawn} withdrawn, {rejected} rejected;",
            self.kind, self.outcome
        )?;
        for (row, column, code, severity) in &self.problems {
            let row = row.map_or("file".to_owned(), |row| format!("row {row}"));
            let column = column.as_deref().unwrap_or("-");
            write!(f, " {row} «{column}» {code} ({severity:?});")?;
        }
        Ok(())
    }
}

fn consent_list() -> String {
    "consent-list".to_owned()
}

/// The folder of the corpus.
pub(crate) fn corpus() -> &'static Path {
    static CORPUS: LazyLock<PathBuf> =
        LazyLock::new(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"));
    &CORPUS
}

/// All entries by the path of their file below the corpus.
pub(crate) fn entries() -> &'static BTreeMap<String, Entry> {
    static ENTRIES: LazyLock<BTreeMap<String, Entry>> = LazyLock::new(|| {
        let text = fs::read_to_string(corpus().join("expected.toml")).unwrap();
        toml::from_str(&text).unwrap_or_else(|error| panic!("expected.toml: {error}"))
    });
    &ENTRIES
}

/// The files that lie in the folders of the corpus.
pub(crate) fn files() -> BTreeSet<String> {
    let folders = fs::read_dir(corpus()).unwrap().map(Result::unwrap);
    let folders = folders.filter(|entry| entry.path().is_dir());
    let files = folders.flat_map(|folder| {
        let name = folder.file_name().into_string().unwrap();
        let files = fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
        files
            .map(move |file| format!("{name}/{}", file.file_name().to_str().unwrap()))
            .collect::<Vec<_>>()
    });
    files.collect()
}
