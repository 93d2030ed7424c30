use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, symlink},
        net::UnixListener,
    },
    path::PathBuf,
};

use rustix::fs::Mode;
use tempfile::TempDir;

use super::*;

struct Inbox {
    dir: TempDir,
    folder: Folder,
}

fn inbox() -> Inbox {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    Inbox { dir, folder }
}

impl Inbox {
    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn put(&self, name: &str, bytes: &str) -> Entry {
        fs::write(self.at(name), bytes).unwrap();
        self.entry(name)
    }

    fn entry(&self, name: &str) -> Entry {
        self.folder.entry(name.as_ref()).unwrap().unwrap()
    }

    fn read(&self, entry: &Entry, most: u64) -> ReadOutcome {
        self.folder.read_unchanged(entry, most).unwrap()
    }

    fn take(&self, entry: &Entry) -> TakenAway {
        self.folder.take_away(entry).unwrap()
    }
}

#[test]
fn an_upload_is_read_whole_and_taken_away() {
    let inbox = inbox();
    let entry = inbox.put("list.csv", "a,b\r\n");
    let ReadOutcome::Whole(bytes) = inbox.read(&entry, 5) else {
        panic!("not read");
    };
    assert_eq!(bytes.as_slice(), b"a,b\r\n");
    assert_eq!(inbox.take(&entry), TakenAway::Removed);
    assert_eq!(inbox.take(&entry), TakenAway::Gone);
    assert!(inbox.folder.names().unwrap().is_empty());
    assert!(matches!(inbox.read(&entry, 5), ReadOutcome::Gone));
}

#[test]
fn an_upload_that_is_too_large_is_not_read() {
    let inbox = inbox();
    let entry = inbox.put("list.csv", "123456");
    assert!(matches!(inbox.read(&entry, 5), ReadOutcome::TooLarge));
}

#[test]
fn an_upload_that_changed_is_neither_read_nor_taken_away() {
    let inbox = inbox();
    let entry = inbox.put("list.csv", "one");
    let newer = inbox.put("list.csv", "two");
    assert!(matches!(inbox.read(&entry, 99), ReadOutcome::Changed));
    assert_eq!(inbox.take(&entry), TakenAway::Changed);
    assert_eq!(fs::read(inbox.at("list.csv")).unwrap(), b"two");
    assert_eq!(inbox.take(&newer), TakenAway::Removed);
}

#[test]
fn a_file_that_another_replaced_stays() {
    let inbox = inbox();
    let entry = inbox.put("list.csv", "one");
    inbox.put("other", "one");
    fs::rename(inbox.at("other"), inbox.at("list.csv")).unwrap();
    assert_eq!(inbox.take(&entry), TakenAway::Changed);
    assert!(inbox.at("list.csv").exists());
}

#[test]
fn a_link_under_the_name_is_neither_followed_nor_read() {
    let inbox = inbox();
    let victim = inbox.put("victim", "mine");
    symlink("victim", inbox.at("list.csv")).unwrap();
    let link = inbox.entry("list.csv");
    assert_eq!(link.kind, EntryKind::Symlink);
    assert!(matches!(inbox.read(&link, 99), ReadOutcome::NotAFile));
    let disguised = Entry {
        name: "list.csv".into(),
        ..victim
    };
    assert!(matches!(inbox.read(&disguised, 99), ReadOutcome::NotAFile));
    assert_eq!(inbox.take(&disguised), TakenAway::Changed);
    assert_eq!(inbox.take(&link), TakenAway::Removed);
    assert_eq!(fs::read(inbox.at("victim")).unwrap(), b"mine");
}

#[test]
fn pipes_and_sockets_never_make_the_reader_wait_and_are_taken_away() {
    let inbox = inbox();
    rustix::fs::mkfifoat(rustix::fs::CWD, inbox.at("fifo"), Mode::RUSR | Mode::WUSR).unwrap();
    let _socket = UnixListener::bind(inbox.at("socket")).unwrap();
    for name in ["fifo", "socket"] {
        let entry = inbox.entry(name);
        assert!(matches!(inbox.read(&entry, 99), ReadOutcome::NotAFile));
        assert_eq!(inbox.take(&entry), TakenAway::Removed);
    }
}

#[test]
fn a_hard_linked_file_loses_only_the_name_in_the_inbox() {
    let inbox = inbox();
    inbox.put("elsewhere", "mine");
    fs::hard_link(inbox.at("elsewhere"), inbox.at("list.csv")).unwrap();
    let entry = inbox.entry("list.csv");
    assert_eq!(entry.kind, EntryKind::HardLinked);
    assert_eq!(inbox.take(&entry), TakenAway::Removed);
    assert_eq!(fs::read(inbox.at("elsewhere")).unwrap(), b"mine");
}

#[test]
fn a_folder_goes_only_when_it_is_empty() {
    let inbox = inbox();
    fs::create_dir(inbox.at("new folder")).unwrap();
    fs::write(inbox.at("new folder/x"), "x").unwrap();
    assert_eq!(inbox.take(&inbox.entry("new folder")), TakenAway::NotEmpty);
    fs::remove_file(inbox.at("new folder/x")).unwrap();
    assert_eq!(inbox.take(&inbox.entry("new folder")), TakenAway::Removed);
}

#[test]
fn names_of_any_bytes_and_any_length_are_taken_away() {
    let inbox = inbox();
    let longest = "x".repeat(LONGEST);
    for name in [
        OsString::from_vec(b"caf\xe9 \n.csv".to_vec()),
        longest.into(),
    ] {
        fs::write(inbox.dir.path().join(&name), "x").unwrap();
        let entry = inbox.folder.entry(&name).unwrap().unwrap();
        assert!(matches!(inbox.read(&entry, 99), ReadOutcome::Whole(_)));
        assert_eq!(inbox.take(&entry), TakenAway::Removed);
    }
}

#[test]
fn an_entry_that_is_a_path_leads_nowhere() {
    let inbox = inbox();
    let entry = inbox.put("list.csv", "x");
    for name in ["../list.csv", "/etc/passwd", ".", ".."] {
        let elsewhere = Entry {
            name: name.into(),
            ..entry.clone()
        };
        assert!(inbox.folder.read_unchanged(&elsewhere, 99).is_err());
        assert!(inbox.folder.take_away(&elsewhere).is_err());
    }
}

#[test]
fn a_claim_that_a_crash_left_is_found_and_ended_either_way() {
    let inbox = inbox();
    for end in [ClaimEnd::GiveBack, ClaimEnd::Remove] {
        let before = inbox.put("list.csv", "x");
        let claimed = claim_of("list.csv".as_ref()).unwrap().unwrap();
        fs::rename(inbox.at("list.csv"), inbox.dir.path().join(&claimed)).unwrap();
        let claims = inbox.folder.claims().unwrap();
        let [claim] = &claims[..] else {
            panic!("{claims:?}");
        };
        assert_eq!(claim.original, "list.csv");
        assert!(claim.entry.stat.but_for_its_name(&before.stat));
        inbox.folder.end_claim(claim, end).unwrap();
        let expected: &[&str] = match end {
            ClaimEnd::GiveBack => &["list.csv"],
            ClaimEnd::Remove => &[],
        };
        assert_eq!(inbox.folder.names().unwrap(), expected);
    }
}

#[test]
fn a_claim_gives_way_to_a_newer_file_of_its_name() {
    let inbox = inbox();
    inbox.put("list.csv", "newer");
    let claimed = claim_of("list.csv".as_ref()).unwrap().unwrap();
    fs::write(inbox.dir.path().join(&claimed), "older").unwrap();
    let claim = inbox.folder.claims().unwrap().remove(0);
    inbox.folder.end_claim(&claim, ClaimEnd::GiveBack).unwrap();
    assert_eq!(inbox.folder.names().unwrap(), ["list.csv"]);
    assert_eq!(fs::read(inbox.at("list.csv")).unwrap(), b"newer");
}

#[test]
fn what_only_looks_like_a_claim_is_none() {
    let inbox = inbox();
    for name in [
        ".claimed-",
        ".claimed-00112233445g-x",
        ".claimed-001122334455-",
        ".claimed-é",
    ] {
        inbox.put(name, "x");
    }
    assert_eq!(inbox.folder.claims().unwrap(), []);
}

#[test]
fn a_file_that_its_owner_closed_is_told_as_forbidden() {
    let inbox = inbox();
    inbox.put("list.csv", "x");
    fs::set_permissions(inbox.at("list.csv"), fs::Permissions::from_mode(0o000)).unwrap();
    let outcome = inbox.read(&inbox.entry("list.csv"), 99);
    if rustix::process::geteuid().is_root() {
        assert!(matches!(outcome, ReadOutcome::Whole(_)));
    } else {
        assert!(matches!(outcome, ReadOutcome::Forbidden));
    }
}
