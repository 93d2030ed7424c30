//! No order of pupils or records changes anything.

use super::*;

fn maybe(
    number: impl Fn(u64) -> Upn + Clone,
    of: Range<u64>,
) -> impl Strategy<Value = Option<Upn>> {
    prop::option::of(of.prop_map(number))
}

fn pupils() -> impl Strategy<Value = Vec<Asked>> {
    let one = (
        select(vec!["Ann", "Ànn", "Anne", "Bea"]),
        select(vec!["Archer", "Baker"]),
        select(vec![date!(2010 - 03 - 01), date!(2010 - 03 - 02)]),
        maybe(upn, 1..4),
        any::<bool>(),
        select(vec![Standing::InForce, Standing::InForce, Standing::Lapsed]),
    );
    prop::collection::vec(one, 1..5).prop_map(|all| {
        (1..)
            .zip(all)
            .map(|(id, (forename, surname, born, upn, home, standing))| {
                let mut asked = asked(id, forename, surname);
                asked.pupil.born = born;
                asked.pupil.upn = upn;
                asked.standing = standing;
                if home {
                    asked
                } else {
                    asked.of(other_school())
                }
            })
            .collect()
    })
}

fn records() -> impl Strategy<Value = Vec<DestinationRecord>> {
    let schools = vec![
        None,
        Some(SchoolMention::Laestab(school().laestab())),
        Some(SchoolMention::Laestab(other_school().laestab())),
    ];
    let one = (
        select(vec!["", "c1", "c2", "c3"]),
        select(vec!["Ann", "Anne", "Bea"]),
        select(vec!["Archer", "ARCHER", "Baker"]),
        select(vec![date!(2010 - 03 - 01), date!(2010 - 03 - 02)]),
        maybe(upn, 1..4),
        select(schools),
        select(vec![
            None,
            Some(date!(2027 - 01 - 01)),
            Some(date!(2027 - 01 - 02)),
        ]),
    );
    prop::collection::vec(one, 0..7).prop_map(|all| {
        all.into_iter()
            .map(
                |(client, forename, surname, born, upn, year11_school, confirmed)| {
                    DestinationRecord {
                        born,
                        upn,
                        year11_school,
                        confirmed,
                        ..record(client, forename, surname)
                    }
                },
            )
            .collect()
    })
}

type World = (Vec<Asked>, Vec<DestinationRecord>);

fn worlds_twice() -> impl Strategy<Value = (World, World)> {
    (pupils(), records()).prop_flat_map(|(pupils, records)| {
        let shuffled = (
            Just(pupils.clone()).prop_shuffle(),
            Just(records.clone()).prop_shuffle(),
        );
        (Just((pupils, records)), shuffled)
    })
}

proptest! {
    #[test]
    fn no_order_of_pupils_or_records_changes_anything((world, shuffled) in worlds_twice()) {
        for rule in [Year11Rule::Required, Year11Rule::WhenPresent] {
            prop_assert_eq!(judged(rule, &world.0, &world.1), judged(rule, &shuffled.0, &shuffled.1));
        }
    }

    #[test]
    fn one_more_person_in_the_extract_never_makes_a_match((pupils, mut records) in (pupils(), records()), more in records()) {
        let before = required(&pupils, &records);
        let strangers = more.into_iter().map(|record| DestinationRecord { client: Some("new".to_owned()), year11_school: None, ..record });
        records.extend(strangers.take(1));
        for (before, after) in before.iter().zip(required(&pupils, &records)) {
            prop_assert!(found(&after).is_none() || *before == after);
        }
    }

    #[test]
    fn no_two_pupils_get_one_record((pupils, records) in (pupils(), records())) {
        let records: Vec<_> = (0..).zip(records).map(|(at, record)| DestinationRecord {
            provider: Some(format!("Row {at}")), ..record
        }).collect();
        for rule in [Year11Rule::Required, Year11Rule::WhenPresent] {
            let matches = judged(rule, &pupils, &records);
            let mut given: Vec<_> = matches.iter().filter_map(found).collect();
            given.sort_unstable();
            prop_assert!(given.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    #[test]
    fn the_nearest_few_are_found_whatever_the_order((world, shuffled) in worlds_twice()) {
        let found = nearest(&world.0, &world.1);
        for (asked, found) in world.0.iter().zip(&found) {
            let near = |record: &&DestinationRecord| nearness(&asked.pupil, record).is_some();
            let mut all: Vec<RecordIdentity> = Vec::new();
            for record in world.1.iter().filter(near) {
                if !all.iter().any(|known| known.is(record)) {
                    all.push(RecordIdentity::of(record));
                }
            }
            prop_assert_eq!(found.len(), all.len().min(5));
            prop_assert!(found.is_sorted_by_key(|one| one.near));
            let farthest = found.last().map(|one| one.near);
            for record in world.1.iter().filter(near) {
                let shown = found.iter().any(|one| one.record.is(record));
                prop_assert!(shown || nearness(&asked.pupil, record) >= farthest);
            }
        }
        let again = nearest(&shuffled.0, &shuffled.1);
        for (asked, found) in world.0.iter().zip(&found) {
            let at = shuffled.0.iter().position(|other| other.id == asked.id);
            prop_assert!(at.is_some_and(|at| again[at] == *found));
        }
    }
}
