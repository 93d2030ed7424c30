//! One person's rows in the extract.

use super::*;

fn dated(
    client: &str,
    surname: &str,
    confirmed: Option<time::Date>,
    provider: &str,
) -> DestinationRecord {
    DestinationRecord {
        confirmed,
        provider: Some(provider.to_owned()),
        ..record(client, "Ann", surname)
    }
}

#[test]
fn of_one_clients_rows_the_latest_confirmed_counts() {
    let pupil = [asked(1, "Ann", "Archer")];
    let rows = [
        dated("c1", "Archer", Some(date!(2026 - 10 - 01)), "old"),
        dated("c1", "Archer", Some(date!(2027 - 01 - 01)), "new"),
        dated("c1", "Archer", None, "undated"),
    ];
    assert_eq!(found(&required(&pupil, &rows)[0]), Some("new"));
}

#[test]
fn a_tie_of_one_clients_newest_rows_is_held() {
    let pupil = [asked(1, "Ann", "Archer")];
    let tied = [
        dated("c1", "Archer", Some(date!(2027 - 01 - 01)), "one"),
        dated("c1", "Archer", Some(date!(2027 - 01 - 01)), "other"),
    ];
    assert_eq!(required(&pupil, &tied), [Match::Tied]);
    let undated = [
        dated("c1", "Archer", None, "one"),
        dated("c1", "Archer", None, "other"),
    ];
    assert_eq!(required(&pupil, &undated), [Match::Tied]);
}

#[test]
fn an_outdated_row_matches_nobody_though_the_newest_names_somebody_else() {
    let pupil = [asked(1, "Ann", "Archer")];
    let rows = [
        dated("c1", "Archer", Some(date!(2026 - 10 - 01)), "old"),
        dated("c1", "Baker", Some(date!(2027 - 01 - 01)), "new"),
    ];
    assert_eq!(required(&pupil, &rows), [Match::None(Miss::Nothing)]);
    let tied = [
        rows[0].clone(),
        DestinationRecord {
            confirmed: rows[0].confirmed,
            ..rows[1].clone()
        },
    ];
    assert_eq!(required(&pupil, &tied), [Match::Tied]);
}

#[test]
fn rows_without_a_client_id_are_persons_of_their_own() {
    let pupil = [asked(1, "Ann", "Archer")];
    let rows = [
        dated("", "Archer", Some(date!(2026 - 10 - 01)), "old"),
        dated("", "Archer", Some(date!(2027 - 01 - 01)), "new"),
    ];
    assert_eq!(required(&pupil, &rows), [doubt(Doubt::SeveralRecords)]);
}
