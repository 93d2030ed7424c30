//! What a file is, by its name (spec 2).

use crate::{
    pupils::{list, names_only, pupil, pupils},
    world::World,
};

/// Sends each file from a school of its own and returns what each receipt answers.
fn kinds(cases: &[(&str, &str)], content: &str) -> Vec<(String, String, Vec<String>)> {
    let world = World::bare();
    for (i, (name, _)) in cases.iter().enumerate() {
        let school = (8_604_001 + i).to_string();
        world.write_school(&school);
        world.drop_file(&school, name, content);
    }
    world.once();
    let answers = cases.iter().enumerate().map(|(i, (name, _))| {
        let receipts = world.submissions(&(8_604_001 + i).to_string());
        assert_eq!(receipts.len(), 1, "{name}");
        let receipt = &receipts[0];
        (
            receipt.kind().to_owned(),
            receipt.outcome().to_owned(),
            receipt.codes(),
        )
    });
    answers.collect()
}

#[test]
fn a_spreadsheet_is_what_its_name_says() {
    let cases = [
        ("Options - Southfield leavers.csv", "consent-list"),
        ("leavers 2026.csv", "consent-list"),
        ("list.TXT", "consent-list"),
        ("optional subjects.csv", "consent-list"),
        ("optician visits.csv", "consent-list"),
        ("opt in.csv", "consent-list"),
        ("opt.csv", "consent-list"),
        ("opting in, without.csv", "consent-list"),
        ("leavers to add.csv", "consent-list"),
        ("adding.csv", "consent-list"),
        ("later.csv", "consent-list"),
        ("our request.csv", "consent-list"),
        ("12.csv", "consent-list"),
        ("withdrawals.csv", "withdrawal"),
        ("Pupils WITHDRAWN.csv", "withdrawal"),
        ("2026-withdrawing.tsv", "withdrawal"),
        ("add withdrawals.csv", "withdrawal"),
        ("request to withdraw.csv", "withdrawal"),
        ("optout.csv", "withdrawal"),
        ("the optouts.csv", "withdrawal"),
        ("opt-out.csv", "withdrawal"),
        ("opt out 2.csv", "withdrawal"),
        ("opts_out.csv", "withdrawal"),
        ("OPTED OUT.csv", "withdrawal"),
        ("opting outs.csv", "withdrawal"),
        ("add.csv", "addition"),
        ("Additional pupils.csv", "addition"),
        ("2 additions.csv", "addition"),
        ("late - leavers.csv", "addition"),
        ("additions2.csv", "addition"),
    ];
    let content = list(&pupils(0..2));
    for ((kind, _, codes), (name, expected)) in kinds(&cases, &content).iter().zip(cases) {
        assert_eq!(kind, expected, "{name}: {codes:?}");
    }
}

#[test]
fn notes_are_what_their_first_word_says() {
    let cases = [
        ("request.txt", "request"),
        ("Requests for spring.txt", "request"),
        ("1 request.md", "request"),
        ("discrepancy 3.txt", "discrepancy"),
        ("discrepancies.docx", "discrepancy"),
        ("destroyed D000001.txt", "destruction"),
        ("Destroyed.csv", "destruction"),
    ];
    let answers = kinds(&cases, "For the governors' meeting.");
    for ((kind, _, codes), (name, expected)) in answers.iter().zip(cases) {
        assert_eq!(kind, expected, "{name}: {codes:?}");
    }
}

#[test]
fn anything_else_is_refused_unread() {
    let cases = [
        ("leavers.pdf", ""),
        ("withdrawals.pdf", ""),
        ("add.docx", ""),
        ("leavers.xlsm.exe", ""),
        ("leavers", ""),
        ("leavers.csv.zip", ""),
        ("consent.json", ""),
        ("photo.png.age", ""),
    ];
    for ((kind, outcome, codes), (name, _)) in kinds(&cases, &list(&pupils(0..2))).iter().zip(cases)
    {
        assert_eq!(kind, "unknown", "{name}");
        assert_eq!(outcome, "rejected", "{name}");
        assert_eq!(codes, &["file-type-unknown"], "{name}");
    }
}

#[test]
fn a_list_of_refusals_is_never_misread_as_consents() {
    let cases = [
        ("not consented.csv", ""),
        ("No.csv", ""),
        ("non-consenters.csv", ""),
        ("declined 2026.csv", ""),
        ("Refused.csv", ""),
        ("consent revoked.csv", ""),
        ("add not consented.csv", ""),
        ("request.csv", ""),
        ("destroyed.csv", ""),
    ];
    for ((_, outcome, codes), (name, _)) in
        kinds(&cases, &names_only(&pupils(0..2))).iter().zip(cases)
    {
        assert_eq!(outcome, "rejected", "{name}");
        assert_eq!(codes, &["kind-unclear"], "{name}");
    }
}

#[test]
fn a_word_of_refusal_does_no_harm_where_a_column_tells() {
    let cases = [("not final - leavers.csv", ""), ("Norwood.csv", "")];
    for (kind, outcome, codes) in kinds(&cases, &list(&pupils(0..2))) {
        assert_eq!(
            (kind.as_str(), outcome.as_str()),
            ("consent-list", "accepted"),
            "{codes:?}"
        );
    }
}

#[test]
fn names_of_unfinished_files_are_not_uploads_until_renamed() {
    let world = World::new();
    let unfinished = [
        "leavers.csv.filepart",
        "leavers.csv.part",
        "leavers.partial",
        "leavers.csv.TMP",
        "leavers.csv.crdownload",
        ".in.leavers.csv",
        ".leavers.csv",
        "~leavers.csv",
        "leavers.csv~",
    ];
    for name in unfinished {
        world.drop_file(crate::world::SCHOOL, name, list(&pupils(0..2)));
    }
    world.once();
    assert!(world.submissions(crate::world::SCHOOL).is_empty());
    let inbox = world.box_of(crate::world::SCHOOL).join("inbox");
    for name in unfinished {
        assert!(inbox.join(name).exists(), "{name} is left alone");
    }
    std::fs::rename(inbox.join(unfinished[0]), inbox.join("leavers.csv")).unwrap();
    world.once();
    let receipts = world.submissions(crate::world::SCHOOL);
    assert_eq!(receipts.len(), 1);
    receipts[0].is("accepted", &[]);
}

#[test]
fn a_confirmation_of_an_unknown_notice_says_so() {
    let world = World::new();
    let receipt = world.send("destroyed.txt", "D000099");
    assert!(receipt.has("notice-unknown"), "{}", receipt.text);
    assert_eq!(receipt.kind(), "destruction");
}

#[test]
fn a_withdrawal_by_any_of_its_names_withdraws() {
    for name in ["opt out.csv", "Withdrawn.txt"] {
        let world = World::new();
        world.send("leavers.csv", list(&pupils(0..2)));
        world
            .send(name, names_only(&[pupil(0)]))
            .counts(&[("withdrawn", 1)]);
    }
}
