//! A process that dies: what must hold at that moment, and what the model makes of the life that ended early.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use time::{Duration, OffsetDateTime};

use super::{Checked, Play, expect, step_named};
use crate::{
    acts::{Act, Death, Says},
    days::local_day,
    model::Told,
    people::SCHOOLS,
    world::{Ended, write_schools},
};

impl Play {
    /// The process died: nobody has seen what they must not; and when it was started again, all is as if it
    /// had never died, or as if it had died a moment earlier.
    pub(super) fn recover(&mut self, act: &Act, death: &Death) -> Checked {
        self.played.deaths += 1;
        let mut lives = vec![(self.now, Some(act))];
        let owed = self.world.owed();
        self.nobody_told_is_seen()?;
        let meanwhile = death.meanwhile.as_deref();
        if let Some(act) = meanwhile {
            writeln!(self.told, "{}  meanwhile {act:?}", self.now).unwrap();
            self.happen(act)?;
        }
        let down_since = self.now;
        if let Some(step) = death.down {
            self.now = self.step(step);
        } else if meanwhile.is_some() {
            // Receipts tell seconds: what one life did must not be taken for the other's.
            self.now += Duration::SECOND;
        }
        if let Some(again) = death.again
            && let Ended::Died(step) = self.world.pass(self.now, Some(step_named(again)))
        {
            writeln!(self.told, "{}  dies again at {step}", self.now).unwrap();
            self.played.died_again += 1;
            self.nobody_told_is_seen()?;
            lives.push((self.now, None));
        }
        writeln!(self.told, "{}  recovers", self.now).unwrap();
        match self.world.pass(self.now, None) {
            Ended::Died(_) => return Err("it died unasked".to_owned()),
            Ended::Done(()) => {}
        }
        // What was done at one instant is told by its receipts together.
        lives.dedup_by_key(|life| life.0);
        for (nth, (at, act)) in lives.into_iter().enumerate() {
            let before = self.model.schools.clone();
            self.as_far_as_seen(at, act);
            if nth == 0 {
                for school in owed.iter().copied() {
                    if matches!(act, Some(Act::Tell { .. } | Act::Decide { .. }))
                        && !self.model.schools[school].in_force(local_day(at))
                    {
                        self.model.owes_still(school, &before[school]);
                    }
                }
                self.model_happens(meanwhile, down_since);
            }
        }
        self.model.pass(self.now);
        Ok(())
    }

    /// What happens while nothing runs; what it means is for whoever comes next.
    pub(super) fn happen(&mut self, act: &Act) -> Checked {
        match act {
            Act::Send { school, what, .. } => {
                let upload = self.upload(*school, what);
                self.world.send(*school, &upload);
                self.waiting = Some((*school, upload));
            }
            Act::Hold { .. } => {
                let command = self.command_of(act).expect("a command");
                if let Ended::Died(_) = self.world.command(&command, self.now, None) {
                    return Err("it died unasked".to_owned());
                }
            }
            _ => {
                let before = self.model.clone();
                self.edit_school(act, self.now);
                write_schools(&self.world, &self.model);
                self.model = before;
            }
        }
        Ok(())
    }

    pub(super) fn model_happens(&mut self, act: Option<&Act>, at: OffsetDateTime) {
        match act {
            Some(Act::Hold { school, recall }) => self.model.hold(*school, *recall),
            Some(act) => self.edit_school(act, at),
            None => {}
        }
        if let Some((school, upload)) = self.waiting.take() {
            self.model.schools[school].inbox.push_back(upload);
        }
    }

    /// How often the council has decided something, as the trail tells.
    pub(super) fn decisions(&self) -> usize {
        let verbs = ["consent-withdrawn", "review-undone", "review-settled"];
        verbs.into_iter().map(|verb| self.world.acts(verb)).sum()
    }

    /// "Never published after the withdrawal's receipt": whom an answered file withdraws is in no file that
    /// can be seen at this moment, although nothing has recovered yet.
    pub(super) fn nobody_told_is_seen(&mut self) -> Checked {
        let answered = self.answered();
        for school in 0..SCHOOLS.len() {
            let told = self.model.schools[school].inbox.iter();
            let told = told.filter(|upload| answered.contains_key(&upload.name));
            let mut gone = BTreeSet::new();
            for upload in told {
                gone.extend(upload.withdraws());
                // A consent that came after it, and was answered with it, may have restored the pupil.
                for (pupil, told) in &upload.rows {
                    if matches!(told, Told::Listed(Says::Yes(_), Some(_))) {
                        gone.remove(pupil);
                    }
                }
            }
            for (name, file) in self.world.outbox(school) {
                let seen = file.rows.keys().any(|pupil| gone.contains(pupil));
                expect(!seen, || {
                    format!("{name} still holds a pupil whose withdrawal was answered")
                })?;
            }
        }
        Ok(())
    }

    /// The instant at which each upload was judged, by its name, as its receipt tells.
    pub(super) fn answered(&mut self) -> BTreeMap<String, OffsetDateTime> {
        let receipts = self.world.receipts().values();
        let of_files = receipts.filter_map(|receipt| {
            let name = receipt.json["file"]["name"].as_str()?;
            Some((name.to_owned(), receipt.at))
        });
        of_files.collect()
    }

    /// What a life that ended early at this instant had done, as its receipts tell: the model does that, and
    /// leaves the rest to the next life.
    pub(super) fn as_far_as_seen(&mut self, at: OffsetDateTime, act: Option<&Act>) {
        let released = self.released_at(at);
        if let Some(Act::Release {
            accept_extract: true,
            ..
        }) = act
            && !self.world.an_extract_waits()
        {
            self.model.accept();
        }
        match act {
            Some(Act::Release { school, .. })
                if released.iter().any(|(_, trigger)| trigger == "operator") =>
            {
                self.model.operator_releases(*school, false, at);
            }
            Some(Act::Hold { school, recall }) if self.world.is_on_hold(*school) => {
                self.model.hold(*school, *recall);
            }
            Some(Act::Resume { school }) if !self.world.is_on_hold(*school) => {
                self.model.resume(*school);
            }
            Some(act @ (Act::Tell { .. } | Act::Decide { .. }))
                if self.decisions() > self.decided_before =>
            {
                self.council_decides(act, at);
            }
            _ => {}
        }
        let noticed = self.noticed_at(at);
        let answered = self.answered();
        for school in 0..SCHOOLS.len() {
            while let Some(upload) = self.model.schools[school].inbox.front().cloned() {
                if answered.get(&upload.name) != Some(&at) {
                    break;
                }
                self.model.schools[school].inbox.pop_front();
                self.model.judge(school, &upload, at);
            }
        }
        for school in noticed {
            self.model.schools[school].send_notices();
        }
        let due: Vec<_> = released
            .into_iter()
            .filter(|(_, trigger)| ["schedule", "request"].contains(&trigger.as_str()))
            .collect();
        // What stops sharing came before.
        if !due.is_empty() {
            self.model.take_back(at);
            self.model.adopt();
        }
        for (school, trigger) in due {
            if trigger == "schedule" {
                self.model.served_by_schedule(school, at);
            } else {
                self.model.take_grant(school);
            }
            self.model.release(school, at);
        }
    }

    /// The schools that got a notice at this instant.
    pub(super) fn noticed_at(&mut self, at: OffsetDateTime) -> Vec<usize> {
        let seen = &self.receipts_seen;
        let receipts = self.world.receipts().iter();
        let notices = receipts.filter(|(path, receipt)| {
            receipt.at == at && receipt.json["kind"] == "notice" && !seen.contains(*path)
        });
        notices.map(|(_, receipt)| receipt.school).collect()
    }

    /// The releases, held ones among them, that were made at this instant since the last comparison, in their
    /// order.
    pub(super) fn released_at(&mut self, at: OffsetDateTime) -> Vec<(usize, String)> {
        let seen = &self.receipts_seen;
        let receipts = self.world.receipts().iter();
        let mut released: Vec<_> = receipts
            .filter(|(path, receipt)| receipt.at == at && !seen.contains(*path))
            .filter_map(|(_, receipt)| {
                let outcome = receipt.json["outcome"].as_str()?;
                let made = ["released", "held"].contains(&outcome);
                let release = receipt.json.get("release").filter(|_| made)?;
                let trigger = release["trigger"].as_str()?.to_owned();
                Some((release["id"].to_string(), (receipt.school, trigger)))
            })
            .collect();
        released.sort();
        released.into_iter().map(|(_, release)| release).collect()
    }
}
