//! Counts without the key.

use time::macros::date;

use super::fixtures::{NOON, Scene, consent, pupil, release, school, upload};
use crate::{
    domain::{
        days::Cohort,
        ids::{ReleaseId, SubmissionId},
        pupil::{Consent, Standing},
        school::Format,
    },
    ledger::{
        Closed, Hold, LastRelease, Ledger, LedgerError, ListMark, NewRequest, ReleaseFile,
        ReleaseState, SchoolStatus, Scope, StoredReceipt, Tx, Waiting,
    },
};

const CANNOCK: u32 = 8_604_001;
const HAGLEY: u32 = 8_604_002;

fn mark() -> ListMark {
    ListMark {
        cohort: Cohort::from_birth_year(2009),
        rows: 4,
        submission: SubmissionId::new(1),
        on: date!(2026 - 09 - 20),
    }
}

fn five_consents() -> [Consent; 5] {
    let standings = [
        Standing::InForce,
        Standing::InForce,
        Standing::InForce,
        Standing::Lapsed,
        Standing::Withdrawn(date!(2026 - 10 - 01)),
    ];
    let mut place = 0;
    standings.map(|standing| {
        place += 1;
        Consent {
            standing,
            held_by: (place == 1).then_some(SubmissionId::new(2)),
            ..consent(place, pupil("Robin", "Example"))
        }
    })
}

fn release_and_more(tx: &Tx<'_>) -> Result<(), LedgerError> {
    let [one, two] = [1, 2].map(ReleaseId::new);
    tx.plan_release(&release(one, school(CANNOCK)), &[])?;
    let file = ReleaseFile {
        format: Format::Csv,
        name: "open.csv.age".to_owned(),
        bytes: 1,
        sha256: [0; 32],
    };
    tx.sealed(one, &[file], &[])?;
    tx.published(one)?;
    tx.plan_release(&release(two, school(CANNOCK)), &[])?;
    tx.close_release(two, Closed::Held, NOON)?;
    tx.ask(&NewRequest {
        school: school(CANNOCK),
        submission: None,
        asked_at: NOON,
        reason: String::new(),
    })?;
    tx.hold(&Hold {
        scope: Scope::School(school(HAGLEY)),
        since: NOON,
        recall: false,
        reason: String::new(),
    })
}

#[test]
fn a_glance_counts_what_each_school_has() {
    let mut scene = Scene::new();
    let sealed = five_consents().map(|consent| scene.sealed(school(CANNOCK), &consent));
    let other = scene.sealed(school(HAGLEY), &consent(9, pupil("Ann", "Other")));
    scene.write(|tx| {
        tx.save_consents(&sealed)?;
        tx.save_consents(&[other])?;
        tx.listed(school(CANNOCK), &mark())?;
        release_and_more(tx)
    });
    let glance = Ledger::open_read_only(&scene.path()).unwrap();
    let cannock = SchoolStatus {
        open_notices: 0,
        oldest_notice: None,
        braked_withdrawals: 0,
        in_force: 2,
        lapsed: 1,
        withdrawn: 1,
        held: 1,
        last_lists: vec![mark()],
        last_release: Some(LastRelease {
            id: ReleaseId::new(2),
            at: NOON,
            state: ReleaseState::Held,
        }),
        waiting_requests: 1,
        open_discrepancies: 0,
        expiring: None,
        open_files: vec!["open.csv.age".to_owned()],
        held_since: None,
        last_collection: None,
        revision: 1,
    };
    let hagley = SchoolStatus {
        in_force: 1,
        held_since: Some(NOON),
        revision: 1,
        ..SchoolStatus::default()
    };
    let keyless = glance.keyless();
    assert_eq!(keyless.status(school(CANNOCK)).unwrap(), cannock);
    let all: Vec<_> = keyless.status_all().unwrap().into_iter().collect();
    assert_eq!(all, [(school(CANNOCK), cannock), (school(HAGLEY), hagley)]);
    let unmet = keyless.status(school(8_604_003)).unwrap();
    assert_eq!(unmet, SchoolStatus::default());
}

#[test]
fn a_glance_counts_what_waits() {
    let mut scene = Scene::new();
    assert_eq!(scene.ledger.view().waiting().unwrap(), Waiting::default());
    scene.write(|tx| {
        let _ = tx.take(&upload("leavers.csv", 1))?;
        let _ = tx.put_receipt(&StoredReceipt {
            subject: "S000001".to_owned(),
            suffix: String::new(),
            school: school(CANNOCK),
            at: NOON,
            stem: String::new(),
            json: Vec::new(),
            sig: Vec::new(),
            txt: Vec::new(),
            enclosure: None,
        })?;
        release_and_more(tx)
    });
    let waiting = Waiting {
        submissions: 1,
        receipts: 1,
        releases: 0,
        requests: 1,
        discrepancies: 0,
        extracts: 0,
    };
    assert_eq!(scene.ledger.view().waiting().unwrap(), waiting);
}
