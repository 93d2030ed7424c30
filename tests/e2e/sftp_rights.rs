//! What is left to whom over SFTP: a school without an agreement, the council's own analysts, clients of
//! yesterday (spec 2, 6 and 8).

use std::{fs, process::Command};

use crate::{
    accounts::Account,
    programs::finish,
    pupils::{Record, extract_csv, names_only, record},
    running::{all, grown, list, present, soon, today},
    served::{Served, file_name},
    world::SCHOOL,
};

#[test]
fn a_suspended_school_can_withdraw_but_neither_share_nor_collect() {
    let served = Served::start();
    served.release(3);
    served
        .world
        .run(&["school", "suspend", SCHOOL])
        .done("suspend");
    soon("an empty outbox", || served.world.outbox(SCHOOL).is_empty());
    let mut raw = served.raw();
    raw.upload("inbox/withdrawn.csv", names_only(&[grown(1)]))
        .unwrap();
    raw.upload("inbox/leavers.csv", list(4)).unwrap();
    let receipts = served.answers(3);
    let of = |name: &str| {
        let mut named = receipts.iter().skip(1).filter(|r| file_name(r) == name);
        named.next().unwrap()
    };
    assert_eq!(of("withdrawn.csv").outcome(), "accepted");
    of("withdrawn.csv").counts(&[("withdrawn", 1)]);
    of("leavers.csv").is("rejected", &["agreement-not-in-force"]);
    served.end();
}

#[test]
fn an_extract_that_an_analyst_sends_is_released_from() {
    let world = present();
    let key = fs::read_to_string(world.keys("analyst").ssh_public).unwrap();
    world.add_settings(&format!(
        "\n[[council.person]]\nname = \"Jo Invented\"\nkeys = [\"{}\"]\n",
        key.trim()
    ));
    let served = Served::of(world, &[]);
    served.account.put(list(3), "inbox/leavers.csv").done("put");
    served.answers(1);
    let council = Account::new("council", served.port, &served.world.keys("analyst").ssh);
    let extract = extract_csv(
        &all(3).iter().map(record).collect::<Vec<Record>>(),
        &today(),
    );
    council.put(&extract, "extracts/ccis.csv").done("put");
    soon("the extract to be out of reach", || {
        council.names("extracts").is_empty()
    });
    // Nothing else of the council's box, and nothing of a school's.
    for refused in ["put /dev/null reports/x", "ls inbox"] {
        council.batch(refused).fails(refused);
    }
    served
        .world
        .run(&["release", "--school", SCHOOL])
        .done("release");
    soon("the file", || served.world.outbox(SCHOOL).len() == 1);
    served.end();
}

#[test]
fn post_quantum_only_leaves_no_client_in_that_can_do_nothing_of_the_kind() {
    let served = Served::with(&[("sftp.key_exchange", "\"post-quantum-only\"")]);
    let mut ssh = Command::new("ssh");
    ssh.args(["-F", "none", "-o", "BatchMode=yes", "-o"])
        .arg("KexAlgorithms=curve25519-sha256,ecdh-sha2-nistp256,diffie-hellman-group14-sha256")
        .args(["-p", &served.port.to_string(), "-s"])
        .args([&format!("{SCHOOL}@127.0.0.1"), "sftp"]);
    let told = finish(ssh).fails("ssh");
    assert!(told.contains("no matching key exchange method"), "{told}");
    assert!(told.contains("mlkem768x25519-sha256"), "{told}");
    served.end();
}
