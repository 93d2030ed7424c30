use std::time::Duration as Wait;

use tempfile::{TempDir, tempdir};
use time::macros::datetime;

use super::*;

const START: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);

fn front() -> (TempDir, Arc<Front>) {
    let folder = tempdir().unwrap();
    let front = Front::open(&folder.path().join("front")).unwrap();
    (folder, Arc::new(front))
}

fn bans(front: &Arc<Front>) -> Bans {
    let settings = Sftp {
        max_failed_logins: 3,
        failed_logins_within: Wait::from_mins(10),
        ban: Wait::from_mins(15),
        ..Sftp::default()
    };
    Bans::open(&settings, Arc::clone(front)).unwrap()
}

fn from(last: u8) -> Origin {
    Origin::of([192, 0, 2, last].into())
}

fn minutes(minutes: i64) -> OffsetDateTime {
    START + Duration::minutes(minutes)
}

fn ban_one(bans: &Bans, tried: Tried) -> Ban {
    assert_eq!(bans.failed(from(1), tried, minutes(0)), None);
    assert_eq!(bans.failed(from(1), tried, minutes(1)), None);
    bans.failed(from(1), tried, minutes(2)).unwrap()
}

#[test]
fn the_third_failure_bans_the_account_from_that_address_only() {
    let (_folder, front) = front();
    let bans = bans(&front);
    let school = Tried::of("8604001");
    let ban = ban_one(&bans, school);
    assert_eq!(ban.address, "192.0.2.1");
    assert_eq!(ban.account.as_deref(), Some("8604001"));
    assert_eq!(ban.until, minutes(17));
    assert_eq!(front.bans().unwrap(), [ban]);
    assert!(bans.holds(from(1), school, minutes(3)));
    assert!(!bans.holds(from(2), school, minutes(3)));
    assert!(!bans.holds(from(1), Tried::of("8604002"), minutes(3)));
}

#[test]
fn failures_that_are_long_ago_do_not_count() {
    let (_folder, front) = front();
    let bans = bans(&front);
    let school = Tried::of("8604001");
    for at in [0, 6, 11, 16, 21] {
        assert_eq!(bans.failed(from(1), school, minutes(at)), None, "{at}");
    }
    assert!(bans.failed(from(1), school, minutes(22)).is_some());
}

#[test]
fn a_login_forgives_what_failed_before() {
    let (_folder, front) = front();
    let bans = bans(&front);
    let school = Tried::of("8604001");
    bans.failed(from(1), school, minutes(0));
    bans.failed(from(1), school, minutes(1));
    bans.forgive(from(1), school);
    assert_eq!(bans.failed(from(1), school, minutes(2)), None);
}

#[test]
fn a_ban_ends_by_itself_and_its_file_goes() {
    let (_folder, front) = front();
    let bans = bans(&front);
    let school = Tried::of("8604001");
    ban_one(&bans, school);
    assert!(bans.holds(from(1), school, minutes(16)));
    bans.sweep(minutes(16));
    assert_eq!(front.bans().unwrap().len(), 1);
    assert!(!bans.holds(from(1), school, minutes(17)));
    bans.sweep(minutes(17));
    assert_eq!(front.bans().unwrap(), []);
}

#[test]
fn a_removed_file_lifts_the_ban() {
    let (_folder, front) = front();
    let bans = bans(&front);
    let school = Tried::of("8604001");
    ban_one(&bans, school);
    assert_eq!(front.lift("192.0.2.1").unwrap(), 1);
    assert!(!bans.holds(from(1), school, minutes(3)));
    assert_eq!(bans.failed(from(1), school, minutes(3)), None);
}

#[test]
fn a_ban_survives_a_restart() {
    let (_folder, front) = front();
    ban_one(&bans(&front), Tried::of("8604001"));
    let again = bans(&front);
    assert!(again.holds(from(1), Tried::of("8604001"), minutes(3)));
}

#[test]
fn what_can_be_no_account_is_banned_together_and_never_named() {
    let (_folder, front) = front();
    let bans = bans(&front);
    for (user, at) in [("root", 0), ("admin", 1), ("\u{1b}[2J", 2)] {
        bans.failed(from(1), Tried::of(user), minutes(at));
    }
    assert!(bans.holds(from(1), Tried::of("oracle"), minutes(3)));
    let told = front.bans().unwrap();
    assert_eq!(told[0].account.as_deref(), Some("(other)"));
}

#[test]
fn strangers_cannot_fill_the_memory() {
    let (_folder, front) = front();
    let bans = bans(&front);
    for number in 0..u32::try_from(MOST).unwrap() + 50 {
        let origin = Origin::of(std::net::Ipv4Addr::from(number).into());
        bans.failed(origin, Tried::Other, minutes(0));
    }
    assert!(bans.kept().failures.len() <= MOST);
}
