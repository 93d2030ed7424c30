//! The trail as an auditor meets it: verified, exported, recomputed by others, and signed so that stock tools
//! prove it.

use std::{
    fs::{self, File},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    canon,
    programs::finish_quietly,
    pupils::{FORENAMES, SURNAMES, list, pupils, records},
    world::{SCHOOL, World, names_in},
};

/// A council with a release and a day after it.
fn council() -> World {
    let world = World::new();
    world.extract(&records(&pupils(0..3)));
    world.send("leavers.csv", list(&pupils(0..3)));
    world.release();
    world.on("2026-11-22").once();
    world
}

fn verified(world: &World) -> Value {
    let out = world
        .run(&["audit", "verify", "--json"])
        .done("audit verify");
    serde_json::from_str(&out).unwrap()
}

fn checkpoints(world: &World) -> Vec<String> {
    let mut names = names_in(&world.state().join("council/reports"));
    names.retain(|name| name.strip_suffix(".json").is_some());
    names
}

#[test]
fn a_checkpoint_is_signed_at_a_release_and_once_a_day() {
    let world = council();
    let export = world.run(&["audit", "export"]).done("audit export");
    let signed = canon::rows(&export)
        .iter()
        .filter(|e| e.row["verb"] == "checkpoint-signed")
        .map(|e| e.row["detail"]["occasion"].as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    assert_eq!(signed, ["day", "release", "day"]);
    world.once();
    assert_eq!(
        checkpoints(&world).len(),
        3,
        "once a day, however often it runs"
    );
    let json = verified(&world);
    assert_eq!(json["holds"], true);
    assert_eq!(json["compared"]["checkpoints"], 3);
    assert_eq!(json["compared"]["files"], 3);
    assert_eq!(json["compared"]["receipts"], 2);
    assert_eq!(json["sound"]["at"], "2026-11-22T10:00:00Z");
    assert_eq!(json["sound"]["seq"], json["head"]["seq"]);
}

#[test]
fn stock_ssh_keygen_proves_a_checkpoints_file() {
    let world = council();
    let reports = world.state().join("council/reports");
    for name in checkpoints(&world) {
        let proves = |text: File| {
            let mut verify = Command::new("ssh-keygen");
            verify
                .current_dir(&reports)
                .args(["-Y", "verify", "-f", "allowed_signers"])
                .args([
                    "-I",
                    "receipts@council.example",
                    "-n",
                    "pillarbox-checkpoint",
                    "-s",
                ])
                .arg(format!("{name}.sig"))
                .stdin(text)
                .stdout(Stdio::null());
            verify.status().unwrap().success()
        };
        assert!(proves(File::open(reports.join(&name)).unwrap()), "{name}");
        let other = checkpoints(&world).into_iter().find(|other| *other != name);
        let other = File::open(reports.join(other.unwrap())).unwrap();
        assert!(!proves(other), "{name}");
    }
}

#[test]
fn the_chain_is_computed_again_from_the_export_alone() {
    let world = council();
    let export = world.run(&["audit", "export"]).done("audit export");
    let rows = canon::rows(&export);
    let mut previous = [0; 32];
    for (at, exported) in rows.iter().enumerate() {
        assert_eq!(exported.seq(), at as u64 + 1);
        assert_eq!(exported.row["previous"], canon::hex(&previous));
        previous = exported.hash_behind(&previous);
        assert_eq!(exported.row["hash"], canon::hex(&previous));
    }
    assert_eq!(verified(&world)["head"]["hash"], canon::hex(&previous));
}

#[test]
fn a_program_that_is_not_ours_checks_the_export_and_its_checkpoints() {
    let world = council();
    let export = world.run(&["audit", "export"]).done("audit export");
    let (file, folder) = (world.outside("trail.jsonl"), world.outside("checkpoints"));
    fs::write(&file, &export).unwrap();
    fs::create_dir(&folder).unwrap();
    let check = |file: &std::path::Path| {
        let mut python = Command::new("python3");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check-trail.py");
        python.arg(script).arg(file).arg(&folder);
        python
    };
    let said = finish_quietly(&mut check(&file));
    let json = verified(&world);
    let expected = format!(
        "{} rows, 3 checkpoints, head {}\n",
        json["rows"],
        json["head"]["hash"].as_str().unwrap()
    );
    assert_eq!(said, expected);
    let written = names_in(&folder);
    assert_eq!(written.len(), 6, "{written:?}");
    let signed = checkpoints(&world);
    let reports = world.state().join("council/reports");
    let texts = written
        .iter()
        .filter(|name| name.strip_suffix(".json").is_some());
    for (brought, own) in texts.zip(&signed) {
        assert_eq!(
            fs::read(folder.join(brought)).unwrap(),
            fs::read(reports.join(own)).unwrap()
        );
    }
    fs::write(&file, export.replacen("S000001", "S000009", 1)).unwrap();
    let refused = check(&file).output().unwrap();
    assert!(!refused.status.success());
}

#[test]
fn an_export_begins_where_it_is_told_to() {
    let world = council();
    let all = world.run(&["audit", "export"]).done("audit export");
    let rows = |out: &str| {
        canon::rows(out)
            .iter()
            .map(canon::Exported::seq)
            .collect::<Vec<_>>()
    };
    let last = *rows(&all).last().unwrap();
    let from = world
        .run(&["audit", "export", "--from", "3"])
        .done("--from");
    assert_eq!(rows(&from), (3..=last).collect::<Vec<_>>());
    assert!(all.ends_with(&from), "the same lines");
    let since = world
        .run(&["audit", "export", "--since", "2026-11-22"])
        .done("--since");
    let on_the_day = |e: &&canon::Exported| e.row["at"].as_str().unwrap() >= "2026-11-22";
    let expected = canon::rows(&all);
    let expected = expected.iter().filter(on_the_day).map(canon::Exported::seq);
    let expected = expected.collect::<Vec<_>>();
    assert!(expected.len() < rows(&all).len() && expected.contains(&last));
    assert_eq!(rows(&since), expected);
    let never = world
        .run(&["audit", "export", "--since", "2027-01-01"])
        .done("--since");
    assert_eq!(never, "");
}

#[test]
fn an_export_names_nobody_and_no_file() {
    let world = council();
    let export = world.run(&["audit", "export"]).done("audit export");
    for name in FORENAMES.iter().chain(&SURNAMES).chain(&["leavers"]) {
        assert!(!export.contains(name), "{name}");
    }
}

#[test]
fn an_auditor_brings_receipts_and_a_copy_of_the_signers() {
    let world = council();
    let box_of = world.box_of(SCHOOL);
    let verify = |receipts: &std::path::Path, signers: &std::path::Path| {
        let mut command = world.command(&["audit", "verify", "--json"]);
        command
            .arg("--receipts")
            .arg(receipts)
            .arg("--allowed-signers")
            .arg(signers);
        crate::programs::finish(command)
    };
    let ended = verify(&box_of, &box_of.join("allowed_signers"));
    let json: Value = serde_json::from_str(&ended.done("audit verify")).unwrap();
    assert_eq!(json["compared"]["given"], 2);
    // Whose copy has another key trusts no checkpoint here.
    let other = World::new();
    other.once();
    let others = other.box_of(SCHOOL).join("allowed_signers");
    let said = verify(&box_of, &others).exits(1, "audit verify");
    assert!(said.contains("checkpoint-forged"), "{said}");
}

#[test]
fn a_running_daemon_says_when_it_began_and_ended_and_verify_reads_beside_it() {
    let world = World::new();
    let daemon = crate::running::Daemon::start(&world);
    assert_eq!(verified(&world)["holds"], true);
    daemon.stop();
    let export = world.run(&["audit", "export"]).done("audit export");
    let verbs = canon::rows(&export)
        .iter()
        .map(|e| e.row["verb"].as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    assert_eq!(verbs.first().unwrap(), "daemon-started");
    assert_eq!(verbs.last().unwrap(), "daemon-stopped");
    assert_eq!(verified(&world)["holds"], true);
}
