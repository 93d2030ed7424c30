//! Random small worlds, made to be as unlucky as possible: one surname for half the school, twins,
//! shared numbers, wrong schools, days on the edge. The matcher and the gate must share exactly what a
//! slow reading of the spec's words permits: no row more, and no row less.
#![expect(
    clippy::unwrap_used,
    reason = "a world that can't be made is a fault of this test"
)]

mod oracle;
mod world;

use std::cell::Cell;

use pillarbox::{
    domain::{destination::Label, pupil::Standing, receipt::ReleaseCounts},
    policy::{
        gate::{Circumstances, Verdict, gate, still_shareable, tally},
        matching::{Index, Matches, Seeker},
    },
};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use time::Date;

use crate::world::{Asked, World, worlds};

/// One row as it would stand in the file.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    names: [String; 2],
    born: Date,
    words: &'static str,
    provider: Option<String>,
    started: Option<Date>,
    confirmed: Option<Date>,
}

#[test]
fn exactly_what_the_words_of_the_spec_permit_is_shared() {
    let (shared, withheld) = (Cell::new(0_u32), Cell::new(0_u32));
    let config = Config {
        cases: 10_000,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&worlds(), |world| {
            let (rows, kept) = check(&world)?;
            shared.set(shared.get() + rows);
            withheld.set(withheld.get() + kept);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    // Worlds in which nobody is ever shared would prove nothing.
    assert!(shared.get() > 1000, "only {} shared", shared.get());
    assert!(withheld.get() > 10_000, "only {} withheld", withheld.get());
}

fn check(world: &World) -> Result<(u32, u32), TestCaseError> {
    let matches = matched(world);
    let (mut shared, mut withheld) = (0, 0);
    let mut counts = vec![ReleaseCounts::default(); world.schools.len()];
    for asked in &world.asked {
        let circumstances = circumstances(world, asked);
        let verdict = gate(
            &asked.consent,
            &matches.of(asked.consent.id),
            &circumstances,
        );
        tally(&mut counts[asked.school], &verdict);
        let permitted = oracle::permits(world, asked);
        match verdict {
            Verdict::Share(row) => {
                let told = Row {
                    names: [
                        row.forename().reveal().to_owned(),
                        row.surname().reveal().to_owned(),
                    ],
                    born: row.born(),
                    words: row.label().words(),
                    provider: row.provider().map(str::to_owned),
                    started: row.started(),
                    confirmed: row.confirmed(),
                };
                let tie = asked.tie.as_ref().map(|tie| tie.mark);
                let disclosed = row.disclosed();
                let again = still_shareable(&asked.consent, &disclosed, tie, &circumstances);
                let untied = still_shareable(&asked.consent, &disclosed, None, &circumstances);
                let stands = matches!(untied, Verdict::Share(_));
                expect(
                    world,
                    stands == disclosed.by_hand.is_none(),
                    &"without the tie",
                )?;
                expect(
                    world,
                    permitted.as_ref() == Some(&told),
                    &(asked, &told, &permitted),
                )?;
                expect(world, again == Verdict::Share(row), &"not the same again")?;
                shared += 1;
            }
            Verdict::Withhold(reason) => {
                expect(world, permitted.is_none(), &(asked, reason, &permitted))?;
                withheld += 1;
            }
        }
    }
    counted(world, &counts)?;
    Ok((shared, withheld))
}

fn expect(world: &World, holds: bool, what: &dyn std::fmt::Debug) -> Result<(), TestCaseError> {
    let said = || TestCaseError::fail(format!("{what:?}\nin {}", world.told()));
    if holds { Ok(()) } else { Err(said()) }
}

/// On a receipt `consented` is every consent that stands, and the sum of all else.
fn counted(world: &World, counts: &[ReleaseCounts]) -> Result<(), TestCaseError> {
    for (school, counts) in counts.iter().enumerate() {
        let stand = world
            .asked
            .iter()
            .filter(|asked| asked.school == school && asked.consent.standing == Standing::InForce);
        let c = counts;
        let sum = c.shared + c.no_record + c.ambiguous + c.expired + c.not_eligible + c.held;
        let right = sum == c.consented && stand.count() == c.consented as usize;
        expect(world, right, counts)?;
    }
    Ok(())
}

fn circumstances<'w>(world: &'w World, asked: &Asked) -> Circumstances<'w> {
    Circumstances {
        school: &world.schools[asked.school],
        today: world.today,
        rules: &world.rules,
        lists: &world.lists,
    }
}

fn matched(world: &World) -> Matches {
    let seekers = world.asked.iter().map(|asked| Seeker {
        id: asked.consent.id,
        school: world.schools[asked.school].id,
        urn: world.schools[asked.school].urn,
        pupil: &asked.consent.pupil,
        standing: asked.consent.standing,
        tied_to: asked.tie.as_ref(),
    });
    let index = Index::new(world.year11, seekers);
    let mut parts = vec![index.hits(), index.hits(), index.hits()];
    for (at, record) in world.records.iter().enumerate() {
        parts[at * at % 3].offer(record);
    }
    index.judge(parts)
}

#[test]
fn every_label_of_the_oracle_is_one_of_ours() {
    for code in 0..1000 {
        if let Some((words, _)) = oracle::label(code) {
            assert!(Label::from_words(words).is_some(), "{words}");
        }
    }
}
