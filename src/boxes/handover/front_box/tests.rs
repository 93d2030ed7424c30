use std::{fs, io::Write, os::unix::fs::PermissionsExt, path::PathBuf};

use tempfile::TempDir;

use super::{
    super::{Ending, Front},
    *,
};

struct Made {
    dir: TempDir,
    school: FrontBox,
}

fn made() -> Made {
    let dir = tempfile::tempdir().unwrap();
    let front = Front::open(&dir.path().join("front")).unwrap();
    let school = front.school("8604001".parse().unwrap()).unwrap();
    Made { dir, school }
}

fn slip(name: &str, ending: Ending) -> Slip {
    Slip {
        name: name.into(),
        by: format!("SHA256:{}", "a".repeat(43)),
        ending,
    }
}

impl Made {
    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join("front/boxes/8604001").join(name)
    }

    fn begun(&self, bytes: &[u8]) -> Part {
        let mut part = self.school.begin().unwrap();
        part.file.write_all(bytes).unwrap();
        part
    }

    fn handed(&self, name: &str, bytes: &[u8]) -> UploadId {
        let part = self.begun(bytes);
        let slip = slip(name, Ending::Complete);
        self.school
            .hand_over(&part.name, &part.file, &slip)
            .unwrap()
    }

    fn names(&self) -> usize {
        fs::read_dir(self.at("")).unwrap().count()
    }
}

#[test]
fn what_is_handed_over_is_found_in_order_with_what_is_said_of_it() {
    let made = made();
    let ids: Vec<_> = ["a.csv", "b.csv", "a.csv"]
        .map(|name| made.handed(name, name.as_bytes()))
        .into();
    assert!(ids.is_sorted());
    let uploads = made.school.uploads().unwrap();
    assert_eq!(
        uploads.iter().map(|u| &u.id).collect::<Vec<_>>(),
        ids.iter().collect::<Vec<_>>()
    );
    assert_eq!(uploads[1].slip, slip("b.csv", Ending::Complete));
    assert_eq!(uploads[1].entry.stat.size, 5);
    assert!(made.school.parts().unwrap().is_empty());
    assert_eq!(made.names(), 6);
    let rights = fs::metadata(made.at(&ids[0].file()))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(rights & 0o777, 0o640);
    assert_eq!(UploadId::parse(ids[0].as_str()).as_ref(), Some(&ids[0]));
}

#[test]
fn an_upload_goes_with_its_slip_and_going_twice_is_fine() {
    let made = made();
    let id = made.handed("a.csv", b"x");
    assert!(made.school.upload_is_there(&id));
    made.school.remove(&id).unwrap();
    made.school.remove(&id).unwrap();
    assert!(!made.school.upload_is_there(&id));
    assert_eq!(made.names(), 0);
}

#[test]
fn a_part_is_remembered_with_what_is_known_of_it_until_it_is_handed_over() {
    let made = made();
    let (known, unknown) = (made.begun(b"123"), made.begun(b""));
    let kept = slip("a.csv.filepart", Ending::Abandoned);
    made.school
        .keep(&known.name, &slip("a", Ending::CutShort))
        .unwrap();
    made.school.keep(&known.name, &kept).unwrap();
    let mut parts = made.school.parts().unwrap();
    parts.sort_by_key(|part| part.slip.is_none());
    assert_eq!(parts[0].slip, Some(kept.clone()));
    assert_eq!(
        (parts[1].slip.clone(), parts[1].part.clone()),
        (None, unknown.name.clone())
    );
    assert!(made.school.uploads().unwrap().is_empty());
    drop(known.file);
    made.school.hand_over_left(&known.name, &kept).unwrap();
    made.school.drop_part(&unknown.name).unwrap();
    made.school.drop_part(&unknown.name).unwrap();
    assert!(made.school.parts().unwrap().is_empty());
    let uploads = made.school.uploads().unwrap();
    assert_eq!((uploads.len(), uploads[0].entry.stat.size), (1, 3));
    assert_eq!(made.names(), 2);
}

#[test]
fn the_same_bytes_are_handed_over_again_under_another_name() {
    let made = made();
    let first = made.handed("list.csv", b"a,b");
    let again = slip("withdrawn.csv", Ending::Complete);
    let second = made.school.hand_over_copy(&first, &again).unwrap();
    assert!(first < second);
    assert_eq!(fs::read(made.at(&second.file())).unwrap(), b"a,b");
    made.school.remove(&first).unwrap();
    assert!(
        made.school
            .hand_over_copy(&first, &again)
            .unwrap_err()
            .is_missing()
    );
    assert_eq!(made.names(), 2);
}

#[test]
fn what_was_never_handed_over_whole_is_no_upload() {
    let made = made();
    let id = made.handed("a.csv", b"x");
    fs::write(made.at(&id.slip()), "{}").unwrap();
    let link = made.handed("b.csv", b"x");
    fs::remove_file(made.at(&link.file())).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", made.at(&link.file())).unwrap();
    fs::write(made.at("../8604001/whatever.upload"), "x").unwrap();
    assert_eq!(made.school.uploads().unwrap(), []);
}

#[test]
fn litter_is_what_belongs_to_nothing() {
    let made = made();
    let upload = made.handed("a.csv", b"x");
    let part = made.begun(b"x");
    made.school
        .keep(&part.name, &slip("b", Ending::CutShort))
        .unwrap();
    for litter in [
        "01795302000000000000-00ff12ab.slip",
        "01795302000000000000-00ff12ab.tmp",
        "0011223344556677.slip",
        ".tmp-0011223344556677",
    ] {
        fs::write(made.at(litter), "x").unwrap();
    }
    assert_eq!(
        made.school.clear_litter(Duration::from_hours(1)).unwrap(),
        0
    );
    assert_eq!(made.school.clear_litter(Duration::ZERO).unwrap(), 4);
    assert!(made.school.upload_is_there(&upload));
    assert!(made.school.parts().unwrap()[0].slip.is_some());
}

#[test]
fn a_hand_over_that_fails_leaves_the_part_and_nothing_else() {
    let made = made();
    let part = made.begun(b"x");
    fs::remove_file(made.at(&part.name.file())).unwrap();
    let slip = slip("a.csv", Ending::Complete);
    assert!(
        made.school
            .hand_over(&part.name, &part.file, &slip)
            .is_err()
    );
    assert_eq!(made.names(), 0);
}
