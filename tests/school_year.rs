//! `docs/a-school-year.md` is told by commands, and every answer in it is what this program says: the
//! commands are run as they stand there, in one shell, and their output is compared. After a change,
//! `PILLARBOX_TELL=1 cargo test --test school_year` writes the answers anew.
#![expect(
    clippy::unwrap_used,
    reason = "a story that can't be run is a fault of this test"
)]

use std::{
    env, fs,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
};

const STORY: &str = "docs/a-school-year.md";
/// Stands between the outputs of two commands.
const MARK: &str = "=====8<=====";

/// A piece of the story.
enum Piece<'a> {
    /// A line of prose, or of a block that is no console.
    Prose(&'a str),
    /// A command, perhaps over several lines, and what it answered.
    Said {
        command: String,
        answer: Vec<&'a str>,
    },
}

#[test]
fn a_school_year_is_told_as_it_happens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let story = fs::read_to_string(root.join(STORY)).unwrap();
    let pieces = pieces(&story);
    let commands: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Said { command, .. } => Some(command.as_str()),
            Piece::Prose(_) => None,
        })
        .collect();
    assert!(commands.len() > 20, "a year has more to tell");
    let answers = run(root, &commands);
    let mut answers = answers.iter();
    let mut told = String::new();
    for piece in &pieces {
        match piece {
            Piece::Prose(line) => told.extend([*line, "\n"]),
            Piece::Said { command, answer } => {
                let now = answers.next().unwrap();
                if env::var_os("PILLARBOX_TELL").is_none() {
                    assert_eq!(&answer.join("\n"), now.trim_end(), "answers to\n{command}");
                }
                told.extend(["$ ", command.as_str(), "\n", now]);
            }
        }
    }
    if env::var_os("PILLARBOX_TELL").is_some() {
        fs::write(root.join(STORY), told).unwrap();
    }
}

/// In a console block a line that begins with `$` is a command; lines that begin with `>` go on with it.
fn pieces(story: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut console = false;
    for line in story.lines() {
        match line {
            "```console" => console = true,
            "```" => console = false,
            _ => {}
        }
        match (console, line.strip_prefix("$ "), pieces.last_mut()) {
            (true, Some(command), _) => pieces.push(Piece::Said {
                command: command.to_owned(),
                answer: Vec::new(),
            }),
            (true, None, Some(Piece::Said { command, answer })) => {
                if answer.is_empty() && line.starts_with("> ") {
                    command.push('\n');
                    command.push_str(line);
                } else {
                    answer.push(line);
                }
            }
            _ => pieces.push(Piece::Prose(line)),
        }
    }
    pieces
}

/// Runs the commands in one shell, in a folder of their own, and returns what each printed.
fn run(root: &Path, commands: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_pillarbox"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        env::var("PATH").unwrap()
    );
    let mut script = String::from("exec 2>&1\n");
    for command in commands {
        let plain = command.replace("\n> ", "\n");
        script.extend([plain.as_str(), "\necho '", MARK, "'\n"]);
    }
    let scripts = tempfile::tempdir().unwrap();
    let script_file = scripts.path().join("story.sh");
    fs::write(&script_file, script).unwrap();
    let out = Command::new("bash")
        .arg(script_file)
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder.path())
        .env("LANG", "C.UTF-8")
        .env("TZ", "Europe/London")
        .env("YEAR", root.join("docs/school-year"))
        .env("PORT", free_port())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout).replace('\r', "");
    let here = folder.path().display().to_string();
    let text = masked(&text.replace(&here, "…"));
    let mark = format!("{MARK}\n");
    let mut answers: Vec<String> = text.split(&mark).map(str::to_owned).collect();
    assert_eq!(answers.pop().as_deref(), Some(""), "{text}");
    assert_eq!(answers.len(), commands.len(), "{text}");
    answers
}

/// A port on this machine that nobody listens on.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// Keys and hashes differ each time: they show as `…`.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | ':' | '=') {
            word.push(c);
            continue;
        }
        out.push_str(&mask(&word));
        word.clear();
        out.push(c);
    }
    out.push_str(&mask(&word));
    out
}

fn mask(word: &str) -> String {
    let hex = |text: &str| text.len() >= 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(at) = word.find("SHA256:").filter(|at| word.len() >= at + 50) {
        format!("{}SHA256:…", &word[..at])
    } else if word.starts_with("age1") && word.len() > 50 {
        "age1…".to_owned()
    } else if word.starts_with("AAAA") && word.len() > 50 {
        "AAAA…".to_owned()
    } else if hex(word) {
        "…".to_owned()
    } else {
        word.to_owned()
    }
}
