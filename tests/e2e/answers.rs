//! Receipts as a school finds them: each proved with stock `ssh-keygen`, each free of pupils.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    pupils::{FORENAMES, SURNAMES},
    world::names_in,
};

/// One receipt: its JSON, its text, and where it lies.
#[derive(Debug)]
pub(crate) struct Receipt {
    pub(crate) path: PathBuf,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Receipt {
    pub(crate) fn word(&self, key: &str) -> &str {
        self.json[key]
            .as_str()
            .unwrap_or_else(|| panic!("{key} is missing in {}", self.json))
    }

    pub(crate) fn id(&self) -> &str {
        self.word("id")
    }

    pub(crate) fn kind(&self) -> &str {
        self.word("kind")
    }

    pub(crate) fn outcome(&self) -> &str {
        self.word("outcome")
    }

    pub(crate) fn count(&self, what: &str) -> u64 {
        self.json["counts"][what]
            .as_u64()
            .unwrap_or_else(|| panic!("no count of {what} in {}", self.json))
    }

    /// Row and code of each problem, in order of rows, file-level ones first.
    pub(crate) fn problems(&self) -> Vec<(Option<u64>, String)> {
        let problems = self.json["problems"].as_array().unwrap();
        let mut all = problems
            .iter()
            .map(|p| (p["row"].as_u64(), p["code"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>();
        all.sort();
        all
    }

    pub(crate) fn codes(&self) -> Vec<String> {
        self.problems().into_iter().map(|(_, code)| code).collect()
    }

    pub(crate) fn has(&self, code: &str) -> bool {
        self.codes().iter().any(|found| found == code)
    }

    /// The first line of what it says; a rehearsal's own line goes before it.
    pub(crate) fn first_line(&self) -> &str {
        let rehearsal = |line: &&str| line.is_empty() || line.starts_with("REHEARSAL");
        self.text
            .lines()
            .find(|line| !rehearsal(line))
            .unwrap_or_default()
    }

    /// Asserts outcome and codes in one go; the codes are all there are, in any order.
    #[track_caller]
    pub(crate) fn is(&self, outcome: &str, codes: &[&str]) -> &Self {
        let mut found = self.codes();
        found.sort();
        let mut wanted = codes.to_vec();
        wanted.sort_unstable();
        assert_eq!(
            (self.outcome(), found),
            (outcome, wanted.iter().map(ToString::to_string).collect()),
            "{}",
            self.text
        );
        self
    }

    /// Asserts some counts.
    #[track_caller]
    pub(crate) fn counts(&self, expected: &[(&str, u64)]) -> &Self {
        for (what, number) in expected {
            assert_eq!(self.count(what), *number, "{what} in {}", self.json);
        }
        self
    }

    /// The file's name without time, id and endings.
    pub(crate) fn safe_name(&self) -> String {
        let name = self.path.file_name().unwrap().to_str().unwrap();
        let stem = name.strip_suffix(".receipt.json").unwrap();
        stem.splitn(3, '_').nth(2).unwrap().to_owned()
    }
}

/// All receipts of a box in order of time and id, each checked against the contract.
pub(crate) fn receipts_in(school_box: &Path, school: &str) -> Vec<Receipt> {
    let folder = school_box.join("receipts");
    let names = names_in(&folder);
    let mut all = Vec::new();
    for name in &names {
        let Some(stem) = name.strip_suffix(".receipt.json") else {
            let known = [".receipt.json.sig", ".receipt.txt", ".pupils.csv.age"];
            assert!(known.iter().any(|end| name.ends_with(end)), "stray {name}");
            continue;
        };
        let path = folder.join(name);
        let text = fs::read_to_string(folder.join(format!("{stem}.receipt.txt"))).unwrap();
        let json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let receipt = Receipt { path, json, text };
        check_shape(&receipt, stem, school);
        check_nobody_named(&receipt);
        assert!(
            signature_holds(&receipt.path, school_box),
            "{name}: bad signature"
        );
        all.push(receipt);
    }
    let enclosed = all
        .iter()
        .filter_map(|receipt| receipt.json["notice"]["file"]["name"].as_str());
    let enclosed = enclosed.inspect(|name| assert!(folder.join(name).exists(), "{name}"));
    let files = all.len() * 3 + enclosed.count();
    assert_eq!(
        names.len(),
        files,
        "three files a receipt, and what it encloses"
    );
    all.sort_by_key(|r| (r.word("at").to_owned(), r.id().to_owned()));
    all
}

/// Whether `ssh-keygen` accepts a receipt, with nothing but what lies in the box.
pub(crate) fn signature_holds(json: &Path, school_box: &Path) -> bool {
    let mut signature = json.as_os_str().to_owned();
    signature.push(".sig");
    Command::new("ssh-keygen")
        .args(["-Y", "verify", "-f"])
        .arg(school_box.join("allowed_signers"))
        .args([
            "-I",
            "receipts@council.example",
            "-n",
            "pillarbox-receipt",
            "-s",
        ])
        .arg(signature)
        .stdin(fs::File::open(json).unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

fn check_shape(receipt: &Receipt, stem: &str, school: &str) {
    let json = &receipt.json;
    assert_eq!(json["schema"], "pillarbox/receipt/v1");
    assert_eq!(json["school"], school);
    let mut parts = stem.splitn(3, '_');
    let (time, id) = (parts.next().unwrap(), parts.next().unwrap());
    assert_eq!(receipt.id(), id, "the file is named after its id");
    assert_eq!(
        receipt.word("at").replace(['-', ':'], ""),
        time,
        "and its time"
    );
    assert!(time.len() == 16 && time.ends_with('Z'), "{time}");
    let number = id.strip_prefix(['S', 'R', 'D', 'Q']).unwrap();
    assert!(number.len() == 6 && number.bytes().all(|b| b.is_ascii_digit()));
    assert!(json["audit"]["seq"].as_u64().unwrap() > 0);
    assert!(!json["audit"]["hash"].as_str().unwrap().is_empty());
    for problem in json["problems"].as_array().unwrap() {
        for key in ["row", "column", "code", "severity", "message", "fix"] {
            assert!(problem.get(key).is_some(), "{key} missing in {problem}");
        }
        let severity = problem["severity"].as_str().unwrap();
        assert!(["error", "warning"].contains(&severity), "{severity}");
    }
    if id.starts_with('S') && !ANSWERS.contains(&receipt.safe_name().as_str()) {
        check_submission(receipt);
    } else if receipt.kind() == "release" {
        check_release(json);
    }
}

/// What the names of receipts end in that answer an upload a second time.
const ANSWERS: [&str; 2] = ["undone", "closed"];

fn check_submission(receipt: &Receipt) {
    let file = &receipt.json["file"];
    assert!(
        file["name"].is_string() && file["bytes"].is_u64(),
        "{}",
        receipt.json
    );
    assert!(receipt.json.as_object().unwrap().contains_key("by"));
    let counts = &receipt.json["counts"];
    if counts.is_object() {
        let parts = ["consented", "not_consented", "withdrawn", "rejected"];
        let sum = parts.iter().map(|part| receipt.count(part)).sum::<u64>();
        assert_eq!(receipt.count("rows"), sum, "rows is the sum: {counts}");
    }
}

fn check_release(json: &Value) {
    for key in [
        "id",
        "trigger",
        "supersedes",
        "file",
        "bytes",
        "sha256",
        "recipients",
        "extract",
        "expiry_rule",
    ] {
        assert!(
            json["release"].get(key).is_some(),
            "release.{key} missing in {json}"
        );
    }
}

/// No receipt names a pupil, whatever it is about.
fn check_nobody_named(receipt: &Receipt) {
    let json = receipt.json.to_string();
    for name in FORENAMES.iter().chain(&SURNAMES) {
        let named = json.contains(name) || receipt.text.contains(name);
        assert!(!named, "{name} is named in {}", receipt.path.display());
    }
}
