//! The trail proves itself: whatever is changed behind the ledger's back is found.

use std::slice;

use serde_json::json;

use super::fixtures::{NOON, Scene, school};
use crate::{
    domain::receipt::TrailHead,
    ledger::{Act, Actor, Checkpoint, Fault, Ledger, LedgerError, RowFault, TrailProof, Verb},
    vault::from_hex,
};

fn act(subject: &str) -> Act {
    Act {
        at: NOON,
        actor: Actor::System,
        verb: Verb::UploadTaken,
        subject: subject.to_owned(),
        school: Some(school(8_604_001)),
        detail: json!({"rows": 3, "bytes": 9}),
    }
}

/// A ledger with five acts, and the triggers that would stop an administrator removed.
fn five_acts() -> Scene {
    let mut scene = Scene::new();
    scene.write(|tx| {
        for subject in ["S000001", "S000002", "S000003", "S000004", "S000005"] {
            tx.record(&act(subject))?;
        }
        Ok(())
    });
    scene.tamper("DROP TRIGGER trail_is_never_changed; DROP TRIGGER trail_is_never_shortened;");
    scene
}

#[track_caller]
fn check_broken(scene: &Scene, at: u64, how: Fault) {
    let proof = scene.ledger.view().verify_trail().unwrap();
    assert_eq!(proof, TrailProof::Broken { at, how });
}

#[test]
fn acts_read_back_as_they_were_recorded() {
    let mut scene = Scene::new();
    let actors = [
        Actor::System,
        Actor::Operator {
            name: "root".to_owned(),
            uid: 0,
        },
        Actor::School {
            id: school(8_604_001),
            key: Some("SHA256:made-up".to_owned()),
        },
        Actor::School {
            id: school(8_604_002),
            key: None,
        },
    ];
    let acts = actors.map(|actor| Act {
        actor,
        ..act("R000001")
    });
    let heads = scene.write(|tx| {
        acts.iter()
            .map(|act| tx.record(act))
            .collect::<Result<Vec<_>, _>>()
    });
    let rows = scene.ledger.view().trail(1, 10).unwrap();
    let read: Vec<_> = rows.iter().map(|row| row.act.clone()).collect();
    assert_eq!(read, acts);
    let seqs: Vec<_> = heads.iter().map(|head| head.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
    assert_eq!(scene.ledger.view().trail_head().unwrap(), heads[3]);
    assert_eq!(from_hex(&heads[3].hash), Some(rows[3].hash));
    assert_eq!(scene.ledger.view().trail(3, 1).unwrap(), rows[2..3]);
}

#[test]
fn every_verb_reads_back() {
    let mut scene = Scene::new();
    scene.write(|tx| {
        for verb in Verb::ALL {
            tx.record(&Act {
                verb: *verb,
                ..act("8604001")
            })?;
        }
        Ok(())
    });
    let rows = scene.ledger.view().trail(1, 1000).unwrap();
    let verbs: Vec<_> = rows.iter().map(|row| row.act.verb).collect();
    assert_eq!(verbs, Verb::ALL);
    for verb in Verb::ALL {
        let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(verb.word().chars().all(kebab), "{}", verb.word());
    }
}

#[test]
fn an_untouched_trail_is_verified_with_and_without_the_key() {
    let mut scene = Scene::new();
    let nothing = TrailHead {
        seq: 0,
        hash: "0".repeat(64),
    };
    let proof = scene.ledger.view().verify_trail().unwrap();
    assert_eq!(proof, TrailProof::Verified(nothing));
    let head = scene.write(|tx| {
        tx.record(&act("S000001"))?;
        tx.record(&act("S000002"))
    });
    let glance = Ledger::open_read_only(&scene.path()).unwrap();
    let proof = glance.keyless().verify_trail().unwrap();
    assert_eq!(proof, TrailProof::Verified(head));
}

#[test]
fn the_ledger_itself_can_neither_change_nor_shorten_the_trail() {
    let mut scene = Scene::new();
    scene.write(|tx| tx.record(&act("S000001")));
    for sql in [
        "UPDATE trail SET subject = 'S000009'",
        "DELETE FROM trail",
        "REPLACE INTO trail SELECT * FROM trail",
    ] {
        let refused = scene.refused(|tx| tx.run(sql, []));
        assert!(matches!(refused, LedgerError::Sql(_)), "{sql}");
    }
}

#[test]
fn a_changed_word_is_found() {
    for change in [
        "subject = 'S000009'",
        "detail = '{\"rows\":4,\"bytes\":9}'",
        "at = at + 1",
        "actor = 'operator'",
        "school = NULL",
        "actor_key = ''",
        "verb = 'no-such-verb'",
        "hash = zeroblob(32)",
        "hash = x'00'",
    ] {
        let mut scene = five_acts();
        scene.tamper(&format!("UPDATE trail SET {change} WHERE seq = 3"));
        check_broken(&scene, 3, Fault::Row(RowFault::Changed));
    }
}

#[test]
fn a_missing_row_is_found() {
    for (gone, at) in [(1, 1), (3, 3), (4, 4)] {
        let mut scene = five_acts();
        scene.tamper(&format!("DELETE FROM trail WHERE seq = {gone}"));
        check_broken(&scene, at, Fault::Row(RowFault::Missing));
    }
}

#[test]
fn rows_that_changed_places_are_found() {
    let mut scene = five_acts();
    scene.tamper(
        "UPDATE trail SET seq = 99 WHERE seq = 2;
         UPDATE trail SET seq = 2 WHERE seq = 4;
         UPDATE trail SET seq = 4 WHERE seq = 99;",
    );
    check_broken(&scene, 2, Fault::Row(RowFault::Moved { was: 4 }));
}

#[test]
fn a_checkpoint_tells_of_an_end_that_was_cut_off() {
    let mut scene = five_acts();
    sign(&mut scene);
    scene.tamper("DELETE FROM trail WHERE seq > 3");
    check_broken(&scene, 4, Fault::Row(RowFault::Missing));
}

#[test]
fn a_checkpoint_tells_of_a_trail_that_was_written_anew() {
    let mut scene = five_acts();
    let signed = sign(&mut scene);
    assert_eq!(
        scene.ledger.view().last_checkpoint().unwrap().as_ref(),
        Some(&signed)
    );
    scene.tamper("DELETE FROM trail WHERE seq = 5");
    scene.write(|tx| tx.record(&act("S000009")));
    check_broken(&scene, 5, Fault::NotAsSigned);
}

fn sign(scene: &mut Scene) -> Checkpoint {
    let head = scene.ledger.view().trail_head().unwrap();
    let checkpoint = Checkpoint {
        seq: head.seq,
        hash: from_hex(&head.hash).unwrap(),
        at: NOON,
        signature: b"made-up".to_vec(),
    };
    let again = Checkpoint {
        hash: [0; 32],
        ..checkpoint.clone()
    };
    scene.write(|tx| {
        tx.put_checkpoint(&checkpoint)?;
        tx.put_checkpoint(&again)
    });
    let kept = scene.ledger.view().checkpoints().unwrap();
    assert_eq!(kept, slice::from_ref(&checkpoint));
    checkpoint
}
