//! The rules that a source file keeps, and how a breach is told. Knows no file system.

use std::fmt;

use super::code::{Named, paths, without_prose, without_tests};

/// The floors of `src/lib.rs`, from the ground up. A room imports from the floors below it only.
const FLOORS: [&str; 6] = [
    "domain",
    "reading policy calendar vault",
    "ledger boxes seal config jail",
    "transport",
    "flow",
    "daemon cli",
];

/// Crates that only some rooms may name: crates, rooms, reason.
const OWNERS: [(&str, &str, &str); 19] = [
    (
        "listenfd sd_notify",
        "daemon",
        "the service manager is spoken to in one room",
    ),
    (
        "clap_mangen clap_complete",
        "cli",
        "pages and completions come from the command line's own definition",
    ),
    (
        "rusqlite rusqlite_migration",
        "ledger",
        "one room has all the SQL, for a second engine one day",
    ),
    (
        "age ssh_key rust_xlsxwriter",
        "seal",
        "what leaves for a school is sealed and signed in one room",
    ),
    (
        "calamine encoding_rs zip quick_xml",
        "reading",
        "hostile bytes are parsed in one room",
    ),
    (
        "csv",
        "reading seal",
        "tables are read in one room and written in one",
    ),
    (
        "jiff croner",
        "calendar",
        "zones end there; days and instants are `time`'s",
    ),
    (
        "landlock seccompiler postcard",
        "jail",
        "what a reader may do, and what it tells, is decided in one room",
    ),
    (
        "notify",
        "transport",
        "folder events are hints, heard in one room",
    ),
    (
        "chacha20poly1305 blake3 sha2",
        "vault",
        "keys and hashes are used in one room",
    ),
    (
        "getrandom",
        "vault boxes seal",
        "randomness comes in from above, so that tests choose it",
    ),
    (
        "toml toml_edit",
        "config",
        "settings are typed before another room sees them",
    ),
    (
        "tar",
        "seal",
        "the form of what is sealed is known where it is sealed",
    ),
    (
        "clap rpassword",
        "cli",
        "only the command line parses arguments and asks people",
    ),
    ("rayon", "flow", "one room decides what runs side by side"),
    (
        "russh bytes",
        "transport",
        "SSH ends in one room; what a session does is plain code",
    ),
    (
        "hyper hyper_util http_body_util prometheus_client",
        "transport",
        "numbers leave by one door, under names that stand in docs/metrics.md",
    ),
    (
        "tracing_journald tracing_subscriber",
        "cli",
        "whoever starts the program says where its log goes",
    ),
    (
        "tokio",
        "daemon transport",
        "what decides is plain code that waits for nothing",
    ),
];

/// Names of drawers.
const DRAWERS: [&str; 8] = [
    "util", "utils", "common", "helper", "helpers", "misc", "manager", "managers",
];

const PRINTERS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

const LONGEST_FILE: usize = 400;
const LONGEST_MOD: usize = 60;

/// One source file: its path below `src/`, with `/` between the parts, and its text.
pub(crate) type Source = (String, String);

/// One breach of a rule.
#[derive(Debug, PartialEq)]
pub(crate) struct Breach {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) rule: &'static str,
    pub(crate) reason: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, line, rule, reason) = (&self.file, self.line, self.rule, &self.reason);
        write!(f, "src/{file}:{line}: {rule}: {reason}")
    }
}

/// All that is wrong with a tree.
pub(crate) fn breaches(tree: &[Source]) -> Vec<Breach> {
    tree.iter()
        .flat_map(|(path, text)| judge(path, text))
        .collect()
}

/// All that is wrong with one file. Files of tests may import and print what they like.
fn judge(path: &str, text: &str) -> Vec<Breach> {
    if path
        .split('/')
        .any(|part| matches!(part, "tests" | "tests.rs"))
    {
        return Vec::new();
    }
    let production = without_tests(text);
    let code = without_prose(production);
    let mut faults: Vec<Fault> = name(path)
        .into_iter()
        .chain(size(path, production))
        .collect();
    for named in paths(&code) {
        faults.extend(floors(path, &named));
        faults.extend(owners(path, &named));
        faults.extend(printer(path, &named));
        faults.extend(exit(path, &named));
    }
    let told = |(line, rule, reason)| Breach {
        file: path.to_owned(),
        line,
        rule,
        reason,
    };
    faults.into_iter().map(told).collect()
}

/// A breach before it knows its file: line, rule, reason.
type Fault = (usize, &'static str, String);

fn name(path: &str) -> Option<Fault> {
    let room = room_of(path);
    if floor(room).is_none() && !is_root(path) {
        return Some((
            1,
            "known rooms",
            format!("`{room}` has no floor; give it one here"),
        ));
    }
    let mut parts = path.trim_end_matches(".rs").split('/');
    let drawer = parts.find(|part| DRAWERS.contains(part))?;
    let reason = format!("nobody knows what belongs in `{drawer}`; put things beside their owner");
    Some((1, "no drawers", reason))
}

fn size(path: &str, production: &str) -> Option<Fault> {
    let lines = production.lines().count();
    let (limit, rule) = match path.rsplit('/').next() {
        Some("mod.rs") => (LONGEST_MOD, "short mod.rs"),
        _ => (LONGEST_FILE, "short files"),
    };
    let reason = format!("{lines} lines before the tests, {limit} is the most; split by nouns");
    (lines > limit && path != "lib.rs").then_some((limit + 1, rule, reason))
}

fn floors(path: &str, named: &Named<'_>) -> Option<Fault> {
    if path == "lib.rs" && named.after_use {
        let reason = "what is had from the root goes past the floors; name it by its room";
        return Some((named.line, "no re-exports at the root", reason.to_owned()));
    }
    let (own, target) = (room_of(path), named.room(path)?);
    let (from, to) = (floor(own), floor(target)?);
    if target == own || is_root(path) || from > Some(to) {
        return None;
    }
    let way = if from == Some(to) {
        "sideways"
    } else {
        "upward"
    };
    let reason =
        format!("`{own}` imports `{target}` {way}; a room is read with what lies below it");
    Some((named.line, "imports go down", reason))
}

fn owners(path: &str, named: &Named<'_>) -> Option<Fault> {
    let first = *named.parts.first()?;
    let owned = |(crates, ..): &&(&str, _, _)| crates.split(' ').any(|owned| owned == first);
    let (_, rooms, reason) = OWNERS.iter().find(owned)?;
    let names_crate = named.parts.len() > 1 || named.after_use;
    let at_home = rooms.split(' ').any(|room| room == room_of(path));
    let reason = format!("`{first}` is for {rooms} alone: {reason}");
    (names_crate && !at_home).then_some((named.line, "crates have owners", reason))
}

fn printer(path: &str, named: &Named<'_>) -> Option<Fault> {
    let last = *named.parts.last()?;
    let prints = named.is_macro && PRINTERS.contains(&last);
    let reason = format!("`{last}!` outside cli/print.rs; commands print there, the daemon logs");
    (prints && path != "cli/print.rs").then_some((named.line, "one printer", reason))
}

fn exit(path: &str, named: &Named<'_>) -> Option<Fault> {
    let exits = named.parts.ends_with(&["process", "exit"]);
    let reason = "`process::exit` runs no destructor; return to main.rs what happened".to_owned();
    (exits && path != "main.rs").then_some((named.line, "one exit", reason))
}

fn is_root(path: &str) -> bool {
    matches!(path, "lib.rs" | "main.rs")
}

/// The room that a file belongs to: `ledger` for `ledger/store.rs` and for `ledger.rs`.
fn room_of(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.trim_end_matches(".rs")
}

fn floor(room: &str) -> Option<usize> {
    FLOORS
        .iter()
        .position(|rooms| rooms.split(' ').any(|known| known == room))
}
