//! Uploads over Pillarbox's own SFTP server, well and badly done (spec 2 and 8).

use std::{collections::BTreeMap, thread, time::Duration};

use crate::{
    programs::finish_quietly,
    pupils::{list_dated, names_only},
    raw_sftp::{Gone, Raw, Refusal},
    running::{days_ago, grown, list, soon},
    served::{Served, file_name},
    world::SCHOOL,
};

/// A refusal for a person: a whole sentence that names no path of the server.
#[track_caller]
fn is_a_sentence(refusal: &Refusal) {
    let words = &refusal.words;
    assert!(words.ends_with('.') && words.contains(' '), "{words}");
    assert!(
        !words.contains("/tmp") && !words.contains("os error"),
        "{words}"
    );
}

#[test]
fn an_upload_is_answered_with_the_key_that_sent_it() {
    let served = Served::start();
    served.account.put(list(3), "inbox/leavers.csv").done("put");
    let receipt = served.answer();
    receipt.is("accepted", &[]).counts(&[("new", 3)]);
    let mut keygen = std::process::Command::new("ssh-keygen");
    let told = finish_quietly(keygen.arg("-lf").arg(served.world.keys(SCHOOL).ssh_public));
    assert_eq!(receipt.word("by"), told.split(' ').nth(1).unwrap());
    served.end();
}

#[test]
fn a_name_used_again_is_another_upload() {
    let served = Served::start();
    let mut raw = served.raw();
    raw.upload("inbox/leavers.csv", list(3)).unwrap();
    raw.upload("inbox/leavers.csv", list(4)).unwrap();
    let receipts = served.answers(2);
    receipts[0].counts(&[("rows", 3)]);
    receipts[1].counts(&[("rows", 4), ("new", 1)]);
    served.end();
}

#[test]
fn a_session_ends_with_exit_status_zero() {
    let served = Served::start();
    let mut raw = served.raw();
    raw.upload("inbox/leavers.csv", list(3)).unwrap();
    assert_eq!(raw.end().code(), Some(0));
    served.end();
}

#[test]
fn winscp_sends_under_a_temporary_name_deletes_and_renames() {
    let served = Served::start();
    let mut raw = served.raw();
    raw.upload("inbox/leavers.csv", list(3)).unwrap();
    served.answers(1);
    raw.upload("inbox/leavers.csv.filepart", list(5)).unwrap();
    raw.remove("inbox/leavers.csv").unwrap();
    raw.rename("inbox/leavers.csv.filepart", "inbox/leavers.csv")
        .unwrap();
    let receipts = served.answers(2);
    assert_eq!(file_name(&receipts[1]), "leavers.csv");
    receipts[1].counts(&[("rows", 5), ("new", 2)]);
    served.end();
}

#[test]
fn a_temporary_name_is_no_upload() {
    let served = Served::start();
    let mut raw = served.raw();
    for name in [".in.leavers.csv", "leavers.csv.part", "~leavers.csv"] {
        raw.upload(&format!("inbox/{name}"), list(2)).unwrap();
    }
    raw.upload("inbox/good.csv", list(3)).unwrap();
    assert_eq!(file_name(&served.answer()), "good.csv");
    // Taking one back leaves nothing behind.
    raw.remove("inbox/leavers.csv.part").unwrap();
    assert_eq!(raw.size("inbox/leavers.csv.part").unwrap_err().status, 2);
    served.answers(1);
    served.end();
}

#[test]
fn a_cut_line_sends_nothing_and_is_told_so() {
    let served = Served::start();
    let mut raw = served.raw();
    let handle = raw.create("inbox/leavers.csv").unwrap();
    raw.write(&handle, 0, &list(30).as_bytes()[..500]).unwrap();
    raw.cut();
    let receipt = served.answer();
    receipt.is("rejected", &["file-incomplete"]);
    assert_eq!(file_name(&receipt), "leavers.csv");
    // The second try goes through as if there had been no first.
    served.raw().upload("inbox/leavers.csv", list(30)).unwrap();
    served.answers(2)[1]
        .is("accepted", &[])
        .counts(&[("new", 30)]);
    served.end();
}

#[test]
fn a_killed_client_sends_nothing() {
    let served = Served::start();
    let content = list(150);
    let mut sftp = served
        .account
        .slow_put(content.as_bytes(), "inbox/leavers.csv", 24)
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(2));
    sftp.kill().unwrap();
    sftp.wait().unwrap();
    served.answer().is("rejected", &["file-incomplete"]);
    served.end();
}

#[test]
fn a_full_box_is_said_before_the_first_byte() {
    let quota = [
        ("intake.max_bytes", "\"1 MiB\""),
        ("sftp.box_quota", "\"2 MiB\""),
    ];
    let served = Served::with(&quota);
    let mut raw = served.raw();
    let content = "x".repeat(900_000);
    raw.upload("inbox/first.csv", &content).unwrap();
    raw.upload("inbox/second.csv", &content).unwrap();
    let refusal = raw.create("inbox/third.csv").unwrap_err();
    is_a_sentence(&refusal);
    served.answers(2);
    served.end();
}

#[test]
fn too_many_files_are_said_before_the_first_byte() {
    let served = Served::with(&[("sftp.max_files", "3")]);
    let mut raw = served.raw();
    for number in 1..=3 {
        raw.upload(&format!("inbox/list {number}.csv"), list(number))
            .unwrap();
    }
    is_a_sentence(&raw.create("inbox/list 4.csv").unwrap_err());
    served.answers(3);
    served.end();
}

#[test]
fn a_file_that_is_too_large_is_refused_with_a_receipt() {
    let served = Served::with(&[("intake.max_bytes", "\"64 KiB\"")]);
    let mut raw = served.raw();
    let handle = raw.create("inbox/leavers.csv").unwrap();
    let piece = vec![b'x'; 32 << 10];
    raw.write(&handle, 0, &piece).unwrap();
    raw.write(&handle, 32 << 10, &piece).unwrap();
    is_a_sentence(&raw.write(&handle, 64 << 10, b"x").unwrap_err());
    let _ = raw.close(&handle);
    served.answer().is("rejected", &["file-too-large"]);
    assert!(raw.size("inbox/leavers.csv").is_err());
    served.end();
}

#[test]
fn removing_hides_a_name_and_never_untakes() {
    let served = Served::start();
    let mut raw = served.raw();
    raw.upload("inbox/leavers.csv", list(3)).unwrap();
    raw.remove("inbox/leavers.csv").unwrap();
    assert_eq!(raw.size("inbox/leavers.csv").unwrap_err().status, 2);
    served.answer().is("accepted", &[]);
    served.end();
}

#[test]
fn a_rename_is_an_upload_again_only_if_the_kind_changes() {
    let served = Served::start();
    let mut raw = served.raw();
    raw.upload("inbox/leavers.csv", names_and_consents())
        .unwrap();
    raw.rename("inbox/leavers.csv", "inbox/year 11.csv")
        .unwrap();
    served.answers(1);
    raw.rename("inbox/year 11.csv", "inbox/withdrawals.csv")
        .unwrap();
    let receipts = served.answers(2);
    assert_eq!(receipts[1].kind(), "withdrawal");
    assert_eq!(file_name(&receipts[1]), "withdrawals.csv");
    served.end();
}

fn names_and_consents() -> String {
    list_dated(&[grown(1), grown(2)], &days_ago(20))
}

#[test]
fn a_name_keeps_its_size_while_it_lingers_and_then_goes() {
    let served = Served::with(&[("intake.linger", "\"3 s\"")]);
    let mut raw = served.raw();
    let content = list(12);
    raw.upload("inbox/leavers.csv", &content).unwrap();
    let size = content.len() as u64;
    assert_eq!(raw.size("inbox/leavers.csv"), Ok(size));
    served.answers(1);
    assert_eq!(raw.size("inbox/leavers.csv"), Ok(size));
    assert_eq!(served.account.names("inbox"), ["leavers.csv"]);
    thread::sleep(Duration::from_secs(5));
    assert_eq!(raw.size("inbox/leavers.csv").unwrap_err().status, 2);
    served.answers(1);
    served.end();
}

#[test]
fn a_file_of_which_some_was_read_is_touched_and_one_read_whole_is_collected() {
    let served = Served::start();
    let path = served.release(40);
    let mut raw = served.raw();
    let handle = raw.open_to_read(&path).unwrap();
    assert_eq!(raw.read(&handle, 0, 10).unwrap().len(), 10);
    raw.close(&handle).unwrap();
    soon("the touch in the trail", || {
        served.acts("file-touched") == 1
    });
    assert_eq!(served.acts("file-collected"), 0);
    let name = served.world.outbox(SCHOOL)[0].clone();
    assert!(!served.account.get(&format!("outbox/{name}")).is_empty());
    soon("the collection in the trail", || {
        served.acts("file-collected") == 1
    });
    assert_eq!(
        served.world.outbox(SCHOOL),
        [name],
        "nothing is deleted for being collected"
    );
    served.end();
}

#[test]
fn a_recalled_file_fails_at_the_next_read() {
    let served = Served::start();
    let path = served.release(3);
    let mut raw = served.raw();
    let handle = raw.open_to_read(&path).unwrap();
    assert_eq!(raw.read(&handle, 0, 10).unwrap().len(), 10);
    raw.upload("inbox/withdraw.csv", names_only(&[grown(1)]))
        .unwrap();
    soon("the file without them", || {
        let outbox = served.world.outbox(SCHOOL);
        outbox.len() == 1 && outbox[0].contains("R000002")
    });
    is_a_sentence(&raw.read(&handle, 10, 10).unwrap_err());
    served.end();
}

#[test]
fn what_was_acknowledged_before_a_sudden_death_has_exactly_one_receipt() {
    let mut served = Served::start();
    let mut acknowledged = BTreeMap::new();
    for round in 0..3_u64 {
        acknowledged.extend(uploads_under_way(&mut served, round));
        served.start_daemon();
    }
    assert!(!acknowledged.is_empty());
    let known = || served.told() >= acknowledged.len();
    soon("the receipts", known);
    thread::sleep(Duration::from_secs(2));
    let mut told: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for receipt in served.world.submissions(SCHOOL) {
        if !receipt.has("file-incomplete") {
            let bytes = receipt.json["file"]["bytes"].as_u64().unwrap();
            told.entry(file_name(&receipt).to_owned())
                .or_default()
                .push(bytes);
        }
    }
    for (name, bytes) in &acknowledged {
        assert_eq!(told.get(name), Some(&vec![*bytes]), "{name}");
    }
    assert!(
        told.values().all(|receipts| receipts.len() == 1),
        "{told:?}"
    );
    served.end();
}

/// Twenty uploads at once, in whose midst the daemon dies; name and size of those that were acknowledged.
fn uploads_under_way(served: &mut Served, round: u64) -> Vec<(String, u64)> {
    let mut lines = Vec::new();
    for _ in 0..20 {
        lines.push(served.raw());
    }
    thread::scope(|scope| {
        let uploads = lines.into_iter().enumerate().map(|(number, raw)| {
            let name = format!("list {round} {number}.csv");
            let content = list(number + 1);
            scope.spawn(move || {
                let size = content.len() as u64;
                thread::sleep(Duration::from_millis(20 * number as u64));
                let sent = try_upload(raw, &format!("inbox/{name}"), content.as_bytes());
                matches!(sent, Ok(true)).then_some((name, size))
            })
        });
        let uploads = uploads.collect::<Vec<_>>();
        thread::sleep(Duration::from_millis(100 + 120 * round));
        served.kill();
        let ended = uploads.into_iter().map(|upload| upload.join().unwrap());
        ended.flatten().collect()
    })
}

/// Whether the upload was acknowledged, if the line held so long.
fn try_upload(mut raw: Raw, path: &str, content: &[u8]) -> Result<bool, Gone> {
    let Ok(handle) = raw.try_create(path)? else {
        return Ok(false);
    };
    if raw.try_write(&handle, 0, content)?.is_err() {
        return Ok(false);
    }
    Ok(raw.try_close(&handle)?.is_ok())
}
