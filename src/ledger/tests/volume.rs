//! How long a tenth of a national year takes (spec 11). Not part of the suite: `cargo test --lib volume -- --ignored`.

use std::{collections::BTreeSet, fs, time::Instant};

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde_json::json;

use super::fixtures::{NOON, Scene, consent, disclosed, pupil, release, school};
use crate::{
    domain::ids::{PupilId, ReleaseId, SubmissionId},
    ledger::{Act, Actor, Ledger, LedgerError, SealedConsent, SealedDisclosure, Verb},
    vault::Vault,
};

const SCHOOLS: u32 = 400;
const PUPILS: u32 = 300;

#[test]
#[ignore = "takes a minute in a debug build"]
fn a_tenth_of_a_national_year_fits() {
    let mut scene = Scene::new();
    let vault = scene.ledger.vault().clone();
    let all = timed("seal consents", || sealed(&vault));
    timed("save consents", || {
        for part in all.chunks(400) {
            scene.write(|tx| part.iter().try_for_each(|school| tx.save_consents(school)));
        }
    });
    drop(all);
    let mut read = Vec::new();
    timed("stream consents", || {
        let each = |consent| {
            read.push(consent);
            Ok::<_, LedgerError>(())
        };
        scene.ledger.view().each_consent_in_force(each).unwrap();
    });
    let opened: u64 = timed("open consents", || {
        read.par_iter()
            .map(|c| c.open(&vault).map_or(0, |_| 1))
            .sum()
    });
    assert_eq!(opened, u64::from(SCHOOLS * PUPILS));
    drop(read);
    timed("count for status", || {
        scene.ledger.view().status_all().unwrap()
    });
    let rows = timed("seal disclosures", || disclosures(&vault));
    timed("save disclosures", || {
        for part in rows.chunks(400) {
            scene.write(|tx| {
                part.iter().try_for_each(|(id, rows)| {
                    tx.plan_release(&release(*id, school(2_004_001)), rows)
                })
            });
        }
    });
}

fn sealed(vault: &Vault) -> Vec<Vec<SealedConsent>> {
    let of_school = |number: u32| {
        let (school, source) = (
            school(2_000_001 + number),
            SubmissionId::new(u64::from(number)),
        );
        let row = |place: u32| {
            let mut consent = consent(place, pupil("Quillfeather", "Zamboniford-Example"));
            consent.id = PupilId::first_told(source, place);
            SealedConsent::seal(vault, school, &consent)
        };
        (0..PUPILS).map(row).collect()
    };
    (0..SCHOOLS).into_par_iter().map(of_school).collect()
}

fn disclosures(vault: &Vault) -> Vec<(ReleaseId, Vec<SealedDisclosure>)> {
    let of_school = |number: u32| {
        let (id, source) = (
            ReleaseId::new(u64::from(number) + 1),
            SubmissionId::new(u64::from(number)),
        );
        let row = |place: u32| {
            let pupil = PupilId::first_told(source, place);
            SealedDisclosure::seal(vault, id, pupil, &disclosed("Quillfeather", "Zamboniford"))
        };
        (id, (0..PUPILS).map(row).collect())
    };
    (0..SCHOOLS).into_par_iter().map(of_school).collect()
}

fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let done = act();
    let (wall, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!("{what}: {wall:.2} s, {cpu:.2} s of processor");
    done
}

/// What this process has used so far: unlike the clock, it does not depend on who else is running.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, numbers) = stat.rsplit_once(')').unwrap();
    let ticks = numbers.split(' ').skip(12).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / 100.0
}

/// Prints how long it takes to prove so many rows.
#[test]
#[ignore = "takes a minute in a debug build"]
fn a_million_rows_are_proved_in_seconds() {
    let mut scene = Scene::new();
    for thousand in 0..1_000 {
        scene.write(|tx| {
            for one in 0..1_000 {
                tx.record(&Act {
                    at: NOON,
                    actor: Actor::System,
                    verb: Verb::SubmissionJudged,
                    subject: format!("S{:06}", thousand * 1_000 + one),
                    school: Some(school(8_604_001)),
                    detail: json!({"outcome": "accepted", "rows": 300, "new": 12, "renewed": 288}),
                })?;
            }
            Ok(())
        });
    }
    let glance = Ledger::open_read_only(&scene.path()).unwrap();
    let began = Instant::now();
    let walked = glance.keyless().walk_trail(&BTreeSet::new()).unwrap();
    println!("{} rows proved in {:?}", walked.rows, began.elapsed());
    assert_eq!(walked.rows, 1_000_000);
    assert!(walked.faults.is_empty());
}
