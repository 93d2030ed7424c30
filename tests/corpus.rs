//! The corpus: small files as schools send them, one fault in each, and what each is answered.
//!
//! `tests/corpus/` holds the files as they are, in a folder for each kind of fault, and `expected.toml` tells
//! what the contract (spec 2 and 3) says of each. Here all of them are really sent, each by a school of its
//! own, and every receipt is compared with the table: outcome, counts, and each problem's row, column, code
//! and weight. A code of the contract without a file fails, and so does a file without an entry.
//!
//! A new file needs an entry; `tests/corpus/make.py` makes what no editor can write.

#[cfg(test)]
#[expect(dead_code, reason = "shared with the tests from the outside")]
#[path = "e2e/answers.rs"]
mod answers;
#[cfg(test)]
#[path = "corpus/cells.rs"]
mod cells;
#[cfg(test)]
#[expect(dead_code, reason = "shared with the tests from the outside")]
#[path = "e2e/opened.rs"]
mod opened;
#[cfg(test)]
#[expect(dead_code, reason = "shared with the tests from the outside")]
#[path = "e2e/programs.rs"]
mod programs;
#[cfg(test)]
#[expect(dead_code, reason = "shared with the tests from the outside")]
#[path = "e2e/pupils.rs"]
mod pupils;
#[cfg(test)]
#[path = "corpus/sending.rs"]
mod sending;
#[cfg(test)]
#[path = "corpus/table.rs"]
mod table;
#[cfg(test)]
#[expect(dead_code, reason = "shared with the tests from the outside")]
#[path = "e2e/world.rs"]
mod world;

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use pillarbox::domain::problem::ProblemCode;

    use crate::{
        cells::cells_of,
        sending::{Sent, every_file_sent, validated},
        table::{Entry, Told, corpus, entries, files},
    };

    /// Codes that no file can show when it lies in an inbox whole, each with the test that shows it.
    const TOLD_ELSEWHERE: [(ProblemCode, &str, &str); 1] = [(
        ProblemCode::FileIncomplete,
        "tests/e2e/sftp_uploads.rs",
        "a_cut_line_sends_nothing_and_is_told_so",
    )];

    /// The corpus never shrinks below this.
    const FEWEST_FILES: usize = 350;

    fn told_to_differ(path: &str, found: &Told, expected: &Told) -> Option<String> {
        let both = || format!("{path}\n  expected {expected}\n  found    {found}");
        (found != expected).then(both)
    }

    #[test]
    fn every_file_is_answered_as_the_contract_says() {
        let mut wrong = Vec::new();
        for Sent { path, receipt } in every_file_sent() {
            let entry = &entries()[path];
            let found = Told::of(&receipt.json);
            let faults = told_to_differ(path, &found, &entry.told());
            match (&entry.differs, faults) {
                (None, faults) => wrong.extend(faults),
                (Some(_), Some(_)) => {}
                (Some(why), None) => {
                    wrong.push(format!("{path} no longer differs: take out «{why}»"));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    }

    #[test]
    fn every_code_of_the_contract_has_a_file() {
        let shown: BTreeSet<ProblemCode> = entries().values().flat_map(Entry::codes).collect();
        let elsewhere = BTreeSet::from(TOLD_ELSEWHERE.map(|(code, ..)| code));
        let all: BTreeSet<ProblemCode> = ProblemCode::ALL.iter().copied().collect();
        let without: Vec<_> = all.difference(&shown).copied().collect();
        assert_eq!(without, elsewhere.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_no_file_can_show_is_shown_by_a_test() {
        for (code, file, name) in TOLD_ELSEWHERE {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            let source = fs::read_to_string(path).unwrap();
            let test = source.split(&format!("fn {name}()")).nth(1);
            let body = test.and_then(|rest| rest.split("\n}\n").next());
            assert!(
                body.is_some_and(|body| body.contains(code.code())),
                "{name} in {file} shows no {}",
                code.code()
            );
        }
    }

    #[test]
    fn the_table_and_the_folder_hold_the_same_files() {
        let told: BTreeSet<String> = entries().keys().cloned().collect();
        assert_eq!(files(), told);
        assert!(told.len() >= FEWEST_FILES, "only {} files", told.len());
        for (path, entry) in entries() {
            assert!(!entry.fault.is_empty(), "{path}");
            for before in &entry.before {
                assert!(told.contains(before), "{path} comes after {before}");
            }
        }
    }

    #[test]
    fn validate_says_the_same_as_the_receipt_where_the_file_speaks_for_itself() {
        let alone = |sent: &&Sent| entries()[&sent.path].speaks_for_itself(&sent.path);
        let mut wrong = Vec::new();
        let (mut same, validated) = (0, validated());
        for Sent { path, receipt } in every_file_sent().iter().filter(alone) {
            let faults = told_to_differ(path, &validated[path], &Told::of(&receipt.json));
            same += usize::from(faults.is_none());
            wrong.extend(faults);
        }
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
        assert!(same * 10 > entries().len() * 8, "only {same} compared");
    }

    #[test]
    fn no_receipt_repeats_what_stands_in_a_file() {
        let (mut looked_for, mut repeated) = (0, Vec::new());
        for Sent { path, receipt } in every_file_sent() {
            let told = format!("{}\n{}", receipt.text, receipt.json);
            let mut cells = cells_of(&fs::read(corpus().join(path)).unwrap());
            looked_for += cells.len();
            cells.retain(|cell| told.contains(cell) && receipt.json["school"] != cell.as_str());
            repeated.extend(cells.into_iter().map(|cell| format!("{path}: «{cell}»")));
        }
        assert!(repeated.is_empty(), "\n{}\n", repeated.join("\n"));
        assert!(looked_for > 1000, "only {looked_for} cells were found");
    }

    #[test]
    fn cells_are_found_however_a_file_is_written() {
        for file in [
            "clean/workbook.xlsx",
            "clean/old-workbook.xls",
            "clean/open-document.ods",
            "clean/utf-16-little-end.csv",
            "clean/utf-16-big-end.csv",
            "clean/list.csv",
        ] {
            let cells = cells_of(&fs::read(corpus().join(file)).unwrap());
            assert!(cells.contains("Bramblesnap"), "{file}: {cells:?}");
        }
    }
}
