use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::domain::receipt::Outcome;

/// Few names, days and numbers, so that rows meet.
fn any_row() -> impl Strategy<Value = ListRow> {
    let names = select(vec![
        "Ann Smith",
        "Anne Smith",
        "Bea Smith",
        "Ann Jones",
        "Cy Od'd",
    ]);
    let born = select(vec![BORN, date!(2011 - 02 - 02), OLDER]);
    let upn = select(vec![
        None,
        None,
        Some(UPN),
        Some(TWINS[0]),
        Some("A86040012001A"),
    ]);
    let uln = select(vec![None, None, Some(ULN), Some("1000000019")]);
    let day = select(vec![
        None,
        Some(date!(2026 - 09 - 20)),
        Some(date!(2026 - 11 - 05)),
        Some(TODAY),
    ]);
    let answer = select(vec![
        Answer::Yes,
        Answer::Yes,
        Answer::NoColumn,
        Answer::No,
        Answer::Unclear,
    ]);
    let on = |day| Withdrawal::On(day);
    let gone = select(vec![
        Withdrawal::No,
        Withdrawal::No,
        Withdrawal::No,
        Withdrawal::Yes,
        on(date!(2026 - 11 - 01)),
    ]);
    let fault = 0..12_u8;
    (names, born, upn, uln, day, answer, gone, fault).prop_map(
        |(name, born, upn, uln, day, answer, withdrawn, fault)| {
            let mut row = ListRow {
                answer,
                withdrawn,
                ..pupil(name, born)
            };
            row.consented_on = day.map_or(Cell::Blank, Cell::Read);
            row.upn = upn.map_or(Cell::Blank, |upn| Cell::Read(upn.parse().unwrap()));
            row.uln = uln.map_or(Cell::Blank, |uln| Cell::Read(uln.parse().unwrap()));
            match fault {
                0 => row.bad_dob(),
                1 => row.bad_upn(),
                2 => ListRow {
                    forename: Cell::Blank,
                    ..row
                },
                _ => row,
            }
        },
    )
}

fn any_kind() -> impl Strategy<Value = FileKind> {
    select(vec![
        FileKind::ConsentList,
        FileKind::ConsentList,
        FileKind::Addition,
        FileKind::Withdrawal,
    ])
}

type File = (FileKind, Vec<ListRow>);

fn any_file() -> impl Strategy<Value = File> {
    (any_kind(), vec(any_row(), 1..10))
}

/// A world after some files.
fn after(files: &[File]) -> World {
    let mut world = World::new();
    for (kind, rows) in files {
        world.send(*kind, &list(rows.clone()));
    }
    world
}

/// A judgement without what row numbers are told in.
fn essence(judgement: &Judgement) -> (Outcome, [u32; 8], Vec<String>, Vec<Change>) {
    let c = judgement.counts;
    let counts = [
        c.rows,
        c.consented,
        c.not_consented,
        c.withdrawn,
        c.rejected,
        c.new,
        c.renewed,
        c.lapsed,
    ];
    (
        judgement.outcome,
        counts,
        judgement.notes.clone(),
        judgement.changes.clone(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn counts_add_up(files in vec(any_file(), 0..3), last in any_file()) {
        let judgement = after(&files).send(last.0, &list(last.1));
        let c = judgement.counts;
        prop_assert_eq!(c.rows, c.consented + c.not_consented + c.withdrawn + c.rejected);
        let rejected = judgement.outcome == Outcome::Rejected;
        prop_assert!(rejected || c.rejected < c.rows);
        let errors = errors(&judgement).into_iter().filter(|(row, _)| row.is_some());
        let rows = errors.map(|(row, _)| row).collect::<std::collections::BTreeSet<_>>();
        prop_assert!(rejected || rows.len() == usize::try_from(c.rejected).unwrap());
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        files in vec(any_file(), 0..3),
        (kind, rows) in any_file(),
        turn in 0..10_usize,
        reversed in any::<bool>(),
    ) {
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        if reversed {
            turned.reverse();
        }
        let first = after(&files).send(kind, &list(rows));
        let second = after(&files).send(kind, &list(turned));
        prop_assert_eq!(essence(&first), essence(&second));
    }

    #[test]
    fn a_withdrawn_pupil_is_never_in_force_but_by_a_consent_dated_after(
        files in vec(any_file(), 1..4),
        last in any_file(),
    ) {
        let mut world = after(&files);
        let before = world.consents.clone();
        world.send(last.0, &list(last.1));
        for was in before {
            let Standing::Withdrawn(on) = was.standing else { continue };
            let now = world.consents.iter().find(|one| one.id == was.id).unwrap();
            match now.standing {
                Standing::InForce => prop_assert!(now.given_on > on && !now.assumed),
                Standing::Withdrawn(later) => prop_assert!(later >= on),
                Standing::Lapsed => prop_assert!(false, "a lapse hides a withdrawal"),
            }
        }
    }

    #[test]
    fn whom_a_file_withdraws_exactly_is_not_shared_after_it(
        files in vec(any_file(), 0..3),
        (_, rows) in any_file(),
    ) {
        let mut world = after(&files);
        let named = rows.iter().map(ListRow::description).collect::<Vec<_>>();
        world.withdraw(rows);
        for consent in world.consents.iter().filter(|one| one.held_by.is_none()) {
            let told = |who: &crate::domain::pupil::Description| {
                who.born == Some(consent.pupil.born)
                    && who.forename.as_ref() == Some(&consent.pupil.name.forename)
                    && who.surname.as_ref() == Some(&consent.pupil.name.surname)
            };
            prop_assert!(consent.standing != Standing::InForce || !named.iter().any(told));
        }
    }

    #[test]
    fn a_refused_list_adds_nothing_and_lapses_nobody(
        files in vec(any_file(), 0..3),
        last in any_file(),
        suspended in any::<bool>(),
    ) {
        let mut world = after(&files);
        world.school.suspended = suspended;
        let judgement = world.send(last.0, &list(last.1));
        if judgement.outcome == Outcome::Rejected {
            for change in &judgement.changes {
                match change {
                    Change::Consent { effect, .. } => {
                        prop_assert!(matches!(effect, Effect::Withdrawn | Effect::Held));
                    }
                    Change::Remember(_) => {}
                    Change::Refused(_) | Change::Listed(_) | Change::Lengthened(_) => prop_assert!(false),
                }
            }
            prop_assert_eq!(judgement.counts.consented, 0);
        }
    }

    /// But that a withdrawal may come to fit, exactly, what list and record tell of a pupil together.
    #[test]
    fn the_same_list_again_gives_and_lapses_no_consent(
        files in vec(any_file(), 0..3),
        (kind, rows) in any_file(),
    ) {
        let mut world = after(&files);
        world.send(kind, &list(rows.clone()));
        let again = world.send(kind, &list(rows));
        prop_assert!(effects(&again).iter().all(|effect| *effect == Effect::Withdrawn));
        prop_assert_eq!((again.counts.new, again.counts.lapsed), (0, 0));
        let remembers = |change: &Change| matches!(change, Change::Remember(_));
        prop_assert!(!again.changes.iter().any(remembers));
    }

    #[test]
    fn an_addition_lapses_nobody(files in vec(any_file(), 0..3), rows in vec(any_row(), 1..10)) {
        let judgement = after(&files).add(rows);
        prop_assert_eq!(judgement.counts.lapsed, 0);
        prop_assert!(!effects(&judgement).contains(&Effect::Lapsed));
    }

    #[test]
    fn no_effect_leaves_sharing_begun_but_by_a_yes(
        files in vec(any_file(), 1..4),
        last in any_file(),
    ) {
        let mut world = after(&files);
        let shared = |one: &Consent| one.standing == Standing::InForce && one.held_by.is_none();
        let before = world.consents.clone();
        let judgement = world.send(last.0, &list(last.1));
        for change in &judgement.changes {
            let Change::Consent { effect, consent } = change else { continue };
            let was = before.iter().find(|one| one.id == consent.id);
            prop_assert_eq!(was.is_none(), *effect == Effect::New);
            prop_assert_eq!(consent.version, was.map_or(1, |was| was.version + 1));
            if shared(consent) && !was.is_some_and(shared) {
                prop_assert!(matches!(effect, Effect::New | Effect::Restored | Effect::Cleared));
            }
        }
    }
}
