//! What can be seen beside what the model says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Checked, Play, expect};
use crate::{days::local_day, people::SCHOOLS};

impl Play {
    /// What can be seen is what the model says.
    pub(super) fn compare(&mut self, passed: bool) -> Checked {
        let today = local_day(self.now);
        for school in 0..SCHOOLS.len() {
            let seen = self.world.outbox(school);
            let lying = &self.model.schools[school].outbox;
            let plain = |rows: &BTreeMap<usize, ([String; 4], bool)>| {
                let rows = rows.iter().map(|(pupil, (row, _))| (*pupil, row.clone()));
                rows.collect::<BTreeMap<_, _>>()
            };
            let mut wanted: Vec<_> = lying
                .iter()
                .map(|file| (plain(&file.rows), file.sealed_to.clone()))
                .collect();
            let mut there: Vec<_> = seen
                .values()
                .map(|file| (file.rows.clone(), file.opens_for.clone()))
                .collect();
            wanted.sort();
            there.sort();
            expect(there == wanted, || {
                let pupils = &self.model.schools[school].pupils;
                format!(
                    "in the outbox of {school} lie\n  {there:?}\nand should\n  {wanted:?}\n{pupils:?}"
                )
            })?;
            self.played.rows_seen += there
                .iter()
                .map(|file| u32::try_from(file.0.len()).unwrap())
                .sum::<u32>();
            for file in lying.iter().filter(|_| passed) {
                for (pupil, (_, send)) in &file.rows {
                    let may = self.model.may_be_shared(school, *pupil, *send, today);
                    expect(may, || format!("{pupil} of {school} may not be shared"))?;
                }
            }
        }
        self.notices_are_right()?;
        self.receipts_are_right(passed)
    }

    /// The notices to destroy: whom each lists, and of how many files. Where nobody can tell who reads what, a
    /// file that was begun by a process that died is named as well.
    pub(super) fn notices_are_right(&mut self) -> Checked {
        let mut number = 0;
        for at in 0..SCHOOLS.len() {
            let mut there = self.world.notices(at);
            let school = &self.model.schools[at];
            let exact = !school.reached_otherwise || self.played.deaths == 0;
            let counted = |notice: &BTreeMap<usize, BTreeSet<u64>>| {
                let files = notice.iter().map(|(pupil, files)| (*pupil, files.len()));
                (notice.len(), files.collect::<BTreeMap<_, _>>())
            };
            let wanted: Vec<_> = school.notices.iter().map(counted).collect();
            number += there.len();
            // Those whose list can be read are looked for first: the others fit more than one.
            there.sort_by_key(|notice| notice.1.is_none());
            let mut left = wanted.clone();
            let mut alike = there.len() == wanted.len();
            for notice in &there {
                let fits = |wanted: &(usize, BTreeMap<usize, usize>)| match &notice.1 {
                    Some(listed) if exact => *listed == wanted.1,
                    Some(listed) => listed.keys().eq(wanted.1.keys()),
                    None => notice.0 == wanted.0,
                };
                let place = left.iter().position(fits);
                alike &= place.map(|place| left.remove(place)).is_some();
            }
            expect(alike, || {
                format!("{at} got the notices\n  {there:?}\nand should\n  {wanted:?}")
            })?;
        }
        self.played.notices += u32::try_from(number - self.notices_seen).unwrap();
        self.notices_seen = number;
        Ok(())
    }

    /// One receipt for each upload that was taken, and none for the others; counts that add up.
    pub(super) fn receipts_are_right(&mut self, passed: bool) -> Checked {
        let seen = self.receipts_seen.clone();
        let receipts = self.world.receipts();
        let mut of_files = BTreeMap::<&str, usize>::new();
        let mut of_releases = BTreeMap::<(&str, &str), usize>::new();
        let played = &mut self.played;
        for (path, receipt) in receipts {
            let json = &receipt.json;
            let (id, outcome) = (
                json["id"].as_str().unwrap(),
                json["outcome"].as_str().unwrap(),
            );
            if let Some(name) = json["file"]["name"].as_str() {
                *of_files.entry(name).or_default() += 1;
                continue;
            }
            if json["kind"] == "release" {
                *of_releases.entry((id, outcome)).or_default() += 1;
            }
            if !seen.contains(path) {
                played.count(outcome, json["release"]["trigger"].as_str());
                adds_up(id, &json["counts"])?;
            }
        }
        let twice: Vec<_> = of_releases.iter().filter(|one| *one.1 > 1).collect();
        expect(twice.is_empty(), || {
            format!("receipts given twice: {twice:?}")
        })?;
        let waiting = self
            .model
            .schools
            .iter()
            .map(|school| school.inbox.len())
            .sum::<usize>();
        let each_once = of_files.values().all(|times| *times == 1);
        let all = of_files.len() + waiting == self.uploads;
        expect(each_once && all, || {
            format!(
                "{} uploads, {waiting} not taken, receipts {of_files:?}",
                self.uploads
            )
        })?;
        expect(!passed || waiting == 0, || "left in an inbox".to_owned())?;
        let new = self.world.receipts().keys().cloned();
        self.receipts_seen.extend(new);
        Ok(())
    }
}

/// "consented" on a release's receipt is the sum of what became of each.
fn adds_up(id: &str, counts: &Value) -> Checked {
    let count = |what: &str| counts[what].as_u64().unwrap_or(0);
    let parts = [
        "shared",
        "no_record",
        "ambiguous",
        "expired",
        "not_eligible",
        "held",
    ];
    let sum: u64 = parts.into_iter().map(count).sum();
    expect(count("consented") == sum, || format!("{id}: {counts}"))
}
