//! What clients leave behind that went away, and what becomes of it without a restart.

use super::*;

#[test]
fn a_part_that_nobody_holds_is_answered_without_a_restart() {
    let school = School::new();
    let _client = school.client();
    let front_box = school.front_box();
    let slip = |name: &str, ending| crate::boxes::handover::Slip {
        name: name.into(),
        by: KEY.to_owned(),
        ending,
    };
    let lost = front_box.begin().unwrap();
    front_box
        .keep(&lost.name, &slip("lost.csv", Ending::CutShort))
        .unwrap();
    let late = front_box.begin().unwrap();
    front_box
        .keep(&late.name, &slip("late.csv.part", Ending::Complete))
        .unwrap();
    let _blank = front_box.begin().unwrap();
    let mut client = school.client();
    let open = client.open("inbox/open.csv", WRITE).unwrap();
    school.sweep();
    assert_eq!(
        school.endings(),
        [("lost.csv".to_owned(), Ending::CutShort)]
    );
    assert_eq!(client.list("inbox"), ["late.csv.part", "open.csv"]);
    assert_eq!(school.parts(), 2);
    client.done(Ask::Close(&open)).unwrap();
    assert_eq!(school.endings().len(), 2);
}

#[test]
fn an_upload_that_can_t_be_handed_over_leaves_its_place() {
    let school = School::new();
    let mut client = school.client();
    for _ in 0..8 {
        let handle = client.open("inbox/list.csv", WRITE).unwrap();
        for part in school.front_box().parts().unwrap() {
            school.front_box().drop_part(&part.part).unwrap();
        }
        client.done(Ask::Close(&handle)).unwrap_err();
    }
    client.put("inbox/list.csv", b"x").unwrap();
    assert_eq!(school.complete().len(), 1);
}

#[test]
fn one_damaged_box_keeps_no_other_from_being_served() {
    let mut school = School::new();
    school.client().put("inbox/late.csv.part", b"x").unwrap();
    fs::write(school.path("front/boxes/8604002"), "no folder").unwrap();
    fs::create_dir(school.path("boxes/8604002")).unwrap();
    school.restart();
    assert_eq!(school.client().list("inbox"), ["late.csv.part"]);
}

#[test]
fn a_time_limit_without_an_end_is_one() {
    let school = School::with(Limits {
        unfinished: Duration::MAX,
        ..LIMITS
    });
    let mut client = school.client();
    client.put("inbox/late.csv.part", b"two").unwrap();
    school.sweep();
    assert_eq!(client.list("inbox"), ["late.csv.part"]);
}
