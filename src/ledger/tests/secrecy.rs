//! "Neither the database file, a backup nor its administrator can read a pupil" (spec 9).

use std::fs;

use serde_json::json;
use time::macros::date;

use super::fixtures::{NOON, Scene, consent, disclosed, name, pupil, release, school, upload};
use crate::{
    domain::{
        ids::{PupilId, ReleaseId, SubmissionId},
        pupil::{Description, Pupil, Remembered},
    },
    ledger::{
        Act, Actor, ExtractState, Hold, KeptTie, LedgerError, Lookups, NewExtract, NewRequest,
        Scope, SealedDisclosure, StoredReceipt, Tx, Verb, mark_of,
    },
    policy::matching::{RecordIdentity, Tie},
};

const FORENAME: &str = "Quillfeather";
const SURNAME: &str = "Zamboniford";
const FILE: &str = "leavers of Quillfeather.csv";
const ULN: &str = "1000000027";

fn robin() -> Pupil {
    Pupil {
        uln: Some(ULN.parse().unwrap()),
        born: date!(2010 - 03 - 17),
        ..pupil(FORENAME, SURNAME)
    }
}

fn person_told(tx: &Tx<'_>) -> Result<(), LedgerError> {
    let cannock = school(8_604_001);
    let _ = tx.take(&upload(FILE, 1))?;
    let lookups = Lookups::of_pupil(tx.vault(), cannock, &robin());
    tx.refused(cannock, SubmissionId::new(1), &[lookups])?;
    tx.remember(
        cannock,
        &Remembered {
            on: date!(2026 - 10 - 01),
            source: SubmissionId::new(1),
            who: Description {
                forename: Some(name(FORENAME)),
                surname: Some(name(SURNAME)),
                born: Some(date!(2010 - 03 - 17)),
                upn: None,
                uln: Some(ULN.parse().unwrap()),
            },
        },
    )?;
    let (id, place) = (ReleaseId::new(1), PupilId::from_number(1));
    let row = SealedDisclosure::seal(tx.vault(), id, place, &disclosed(FORENAME, SURNAME));
    tx.plan_release(&release(id, cannock), &[row])
}

fn words_told(tx: &Tx<'_>) -> Result<(), LedgerError> {
    let said = format!("About {FORENAME} {SURNAME}, {ULN}, 17/03/2010");
    let _ = tx.put_receipt(&StoredReceipt {
        subject: "S000001".to_owned(),
        suffix: String::new(),
        school: school(8_604_001),
        at: NOON,
        stem: FILE.to_owned(),
        json: said.clone().into_bytes(),
        sig: said.clone().into_bytes(),
        txt: said.clone().into_bytes(),
        enclosure: None,
    })?;
    tx.ask(&NewRequest {
        school: school(8_604_001),
        submission: None,
        asked_at: NOON,
        reason: said.clone(),
    })?;
    tx.hold(&Hold {
        scope: Scope::All,
        since: NOON,
        recall: false,
        reason: said,
    })?;
    let extract = tx.receive_extract(
        &NewExtract {
            name: FILE.to_owned(),
            sha256: [1; 32],
            rows: 1,
            exported_on: date!(2026 - 11 - 20),
            received_at: NOON,
            path: "E000001".to_owned(),
            year11_path: None,
            encoding: "utf-8".to_owned(),
            format: "csv".to_owned(),
        },
        ExtractState::Current,
    )?;
    tx.tie(&tie_told(tx), extract)?;
    tx.record(&Act {
        at: NOON,
        actor: Actor::System,
        verb: Verb::UploadTaken,
        subject: "S000001".to_owned(),
        school: None,
        detail: json!({"rows": 1}),
    })?;
    Ok(())
}

fn tie_told(tx: &Tx<'_>) -> KeptTie {
    let record = RecordIdentity {
        client: Some(FILE.to_owned()),
        forename: name(FORENAME),
        surname: name(SURNAME),
        born: date!(2010 - 03 - 17),
        upn: None,
        uln: Some(ULN.parse().unwrap()),
        year11_school: None,
    };
    KeptTie {
        school: school(8_604_001),
        pupil: PupilId::from_number(1),
        version: 1,
        made_at: NOON,
        tie: Tie {
            mark: mark_of(tx.vault(), &record),
            record,
        },
    }
}

#[test]
fn no_file_of_the_ledger_holds_a_pupil_or_a_file_name() {
    let mut scene = Scene::new();
    let sealed = scene.sealed(school(8_604_001), &consent(0, robin()));
    scene.write(|tx| {
        tx.save_consents(&[sealed])?;
        person_told(tx)?;
        words_told(tx)
    });
    check_silent(&scene);
    check_no_column_is(&scene, date!(2010 - 03 - 17).to_julian_day());
    scene.ledger.settle().unwrap();
    scene
        .ledger
        .copy_to(&scene.dir.path().join("backup.db"))
        .unwrap();
    check_silent(&scene);
}

/// Looks for the pupil in every file, in every spelling that a column could have had.
fn check_silent(scene: &Scene) {
    let tells: [&[u8]; 8] = [
        FORENAME.as_bytes(),
        b"quillfeather",
        SURNAME.as_bytes(),
        b"zamboniford",
        ULN.as_bytes(),
        b"leavers of",
        b"2010-03-17",
        b"College of Nowhere",
    ];
    let mut bytes_read = 0;
    for entry in fs::read_dir(scene.dir.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes_read += bytes.len();
        for tell in tells {
            let found = bytes.windows(tell.len()).any(|window| window == tell);
            assert!(!found, "{}", String::from_utf8_lossy(tell));
        }
    }
    assert!(bytes_read > 8192);
}

/// A day of birth would stand in a column as a number, which no search for bytes is sure to find.
fn check_no_column_is(scene: &Scene, number: i32) {
    let conn = rusqlite::Connection::open(scene.path()).unwrap();
    let columns = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
                   WHERE t.type = 'table'";
    let mut statement = conn.prepare(columns).unwrap();
    let pairs = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let pairs: Vec<(String, String)> = pairs.unwrap().map(Result::unwrap).collect();
    assert!(pairs.len() > 80);
    for (table, column) in pairs {
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
        let count: i64 = conn.query_row(&sql, [number], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}.{column}");
    }
}

#[test]
fn what_holds_a_name_prints_without_it() {
    let new = upload(FILE, 1);
    let mut scene = Scene::new();
    let _ = scene.write(|tx| tx.take(&new));
    let view = scene.ledger.view();
    let printed = format!(
        "{new:?} {:?} {:?} {:?}",
        view.taken_unjudged(1).unwrap(),
        view.lingering().unwrap(),
        view.submission(SubmissionId::new(1)).unwrap(),
    );
    assert!(!printed.contains("leavers"), "{printed}");
}
