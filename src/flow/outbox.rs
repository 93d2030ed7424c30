//! Destination files in the outbox: sealed in memory, staged, committed, revealed; and whatever the
//! ledger does not stand behind, removed. What a person can see is in the ledger first.

use serde_json::json;
use time::{Date, OffsetDateTime};

use super::{
    FlowError, extract, fault,
    house::House,
    plan::{Obstacle, Plan},
    recall,
    receipts::{self, Draft},
    release::{Cause, Occasion},
};
use crate::{
    boxes::{FileName, Left, StagedIn, Tray},
    domain::{
        ids::{ReleaseId, SchoolId},
        receipt::{Counts, ExpiryRule, ExtractFacts, Kind, Outcome, ReceivedFile, ReleaseFacts},
        school::Format,
    },
    ledger::{Act, Closed, Extract, NewRelease, Release, ReleaseFile, SealedDisclosure, Verb},
    seal::{Recipients, destination_csv, destination_xlsx, seal_file},
    vault::{Vault, sha256, to_hex},
};

/// A release sealed in memory: nothing of it exists outside yet.
pub(super) struct Sealed {
    pub(super) id: ReleaseId,
    pub(super) plan: Plan,
    files: Vec<SealedFile>,
    disclosures: Vec<SealedDisclosure>,
}

struct SealedFile {
    format: Format,
    name: String,
    bytes: Vec<u8>,
    sha256: [u8; 32],
}

impl Sealed {
    /// Seals a plan: its rows to the school's recipients, and what they disclose for the ledger.
    pub(super) fn seal(
        vault: &Vault,
        id: ReleaseId,
        plan: Plan,
        today: Date,
    ) -> Result<Self, FlowError> {
        let (mut files, mut disclosures) = (Vec::new(), Vec::new());
        if let (None, Some(recipients)) = (&plan.obstacle, &plan.recipients) {
            for format in &plan.school.formats {
                let sheet = match format {
                    Format::Csv => destination_csv(&plan.rows),
                    Format::Xlsx => destination_xlsx(&plan.rows)?,
                };
                let bytes = seal_file(&sheet, recipients)?;
                let name = plan.file_name(id, today, format.extension());
                files.push(SealedFile {
                    format: *format,
                    name,
                    sha256: sha256(&bytes),
                    bytes,
                });
            }
            disclosures = plan
                .rows
                .iter()
                .map(|row| SealedDisclosure::seal(vault, id, row.pupil(), &row.disclosed()))
                .collect();
        }
        Ok(Self {
            id,
            plan,
            files,
            disclosures,
        })
    }
}

/// Writes the files under hidden names and makes them durable.
pub(super) fn stage(house: &House, sealed: &[Sealed]) -> Result<Vec<StagedIn>, FlowError> {
    let mut staged = Vec::new();
    for one in sealed {
        for file in &one.files {
            let name = FileName::parse(&file.name)?;
            staged.push(
                house
                    .boxes
                    .stage(one.plan.school.id, Tray::Outbox, &name, &file.bytes)?,
            );
        }
    }
    house.boxes.sync()?;
    Ok(staged)
}

/// Records the releases with every pupil in them, what they take the place of, and their receipts.
pub(super) fn commit(
    house: &mut House,
    sealed: &[Sealed],
    cause: &Cause,
    extract: Option<&Extract>,
) -> Result<(), FlowError> {
    let (desk, now) = (house.desk(), house.now());
    let rule = house.settings.consent.expires;
    house.act(|tx| {
        for one in sealed {
            let school = one.plan.school.id;
            let older = if one.is_made() {
                tx.live_releases(Some(school))?
            } else {
                Vec::new()
            };
            let supersedes = one
                .plan
                .replaces
                .or_else(|| older.iter().map(|r| r.plan.id).max());
            let release =
                one.new_release(cause, extract, supersedes, tx.revision(school)?, rule, now);
            tx.plan_release(&release, &one.disclosures)?;
            if one.is_made() {
                tx.sealed(one.id, &one.ledger_files(), one.recipients())?;
            } else {
                tx.close_release(one.id, Closed::Held, now)?;
            }
            for old in &older {
                tx.close_release(old.plan.id, Closed::Superseded, now)?;
            }
            if let Some(Occasion::Request(request)) = cause.occasion {
                tx.request_released(request, one.id)?;
            }
            let facts = one.facts(&release, extract.map(extract::facts));
            let head = tx.record(&Act {
                at: now,
                actor: cause.actor.clone(),
                verb: if one.is_made() {
                    Verb::ReleasePlanned
                } else {
                    Verb::ReleaseHeld
                },
                subject: one.id.to_string(),
                school: Some(school),
                detail: one.detail(&facts),
            })?;
            let draft = one.draft(facts);
            let _ = tx.put_receipt(&desk.write(draft, &one.plan.school, now, head)?)?;
        }
        Ok::<_, FlowError>(())
    })
}

impl Sealed {
    /// Whether there is a file; else the release is held.
    fn is_made(&self) -> bool {
        !self.files.is_empty()
    }

    fn recipients(&self) -> &[String] {
        self.plan
            .recipients
            .as_ref()
            .map_or(&[], Recipients::fingerprints)
    }

    fn ledger_files(&self) -> Vec<ReleaseFile> {
        let file = |f: &SealedFile| ReleaseFile {
            format: f.format,
            name: f.name.clone(),
            bytes: f.bytes.len() as u64,
            sha256: f.sha256,
        };
        self.files.iter().map(file).collect()
    }

    fn new_release(
        &self,
        cause: &Cause,
        extract: Option<&Extract>,
        supersedes: Option<ReleaseId>,
        revision: u64,
        expiry_rule: ExpiryRule,
        at: OffsetDateTime,
    ) -> NewRelease {
        NewRelease {
            id: self.id,
            school: self.plan.school.id,
            trigger: cause.trigger,
            occasion: match &cause.occasion {
                Some(Occasion::Moment(moment)) => Some(moment.clone()),
                Some(Occasion::Request(_)) | None => None,
            },
            at,
            supersedes,
            extract: extract.map(|e| e.id),
            expiry_rule,
            counts: self.plan.counts,
            keep_until: self.is_made().then_some(self.plan.until),
            sound_until: self.is_made().then_some(self.plan.sound_until),
            revision,
        }
    }

    fn facts(&self, release: &NewRelease, extract: Option<ExtractFacts>) -> ReleaseFacts {
        let mut files = self.files.iter().map(|f| ReceivedFile {
            name: f.name.clone(),
            bytes: f.bytes.len() as u64,
            sha256: to_hex(&f.sha256),
        });
        let first = files.next();
        ReleaseFacts {
            id: self.id,
            trigger: release.trigger,
            supersedes: release.supersedes,
            file: first.as_ref().map(|f| f.name.clone()),
            bytes: first.as_ref().map(|f| f.bytes),
            sha256: first.map(|f| f.sha256),
            also: files.collect(),
            recipients: if self.is_made() {
                self.recipients().to_vec()
            } else {
                Vec::new()
            },
            extract,
            expiry_rule: release.expiry_rule,
            until: release.keep_until,
        }
    }

    /// For the trail: hashes, keys and counts, and no file's name.
    fn detail(&self, facts: &ReleaseFacts) -> serde_json::Value {
        json!({
            "trigger": facts.trigger,
            "supersedes": facts.supersedes,
            "sha256": facts.sha256,
            "also": facts.also.iter().map(|f| &f.sha256).collect::<Vec<_>>(),
            "recipients": facts.recipients,
            "extract": facts.extract.as_ref().map(|e| &e.sha256),
            "counts": self.plan.counts,
            "why": self.plan.obstacle.as_ref().map(Obstacle::word),
        })
    }

    fn draft(&self, facts: ReleaseFacts) -> Draft {
        let outcome = if self.plan.obstacle.is_none() {
            Outcome::Released
        } else {
            Outcome::Held
        };
        Draft {
            counts: Some(Counts::Release(self.plan.counts)),
            notes: self.plan.obstacle.iter().map(Obstacle::to_school).collect(),
            release: Some(facts),
            ..Draft::of(self.id.to_string(), outcome.word(), Kind::Release, outcome)
        }
    }
}

/// Makes the staged files visible, then takes what they replace out of the outboxes.
pub(super) fn reveal(
    house: &mut House,
    sealed: &[Sealed],
    staged: Vec<StagedIn>,
) -> Result<(), FlowError> {
    for file in staged {
        house.boxes.reveal(file)?;
    }
    house.boxes.sync()?;
    fault::point("release-after-reveal-before-receipt");
    receipts::publish_waiting(house)?;
    fault::point("release-after-receipt-before-mark");
    let published: Vec<_> = sealed
        .iter()
        .filter(|s| s.is_made())
        .map(|s| s.id)
        .collect();
    house
        .ledger
        .write(|tx| published.iter().try_for_each(|id| tx.published(*id)))?;
    fault::point("release-after-mark-before-superseded-removed");
    for one in sealed.iter().filter(|s| s.is_made()) {
        tidy(house, one.plan.school.id)?;
    }
    Ok(())
}

/// Takes every file out of a school's outbox that no live release stands behind.
pub(super) fn tidy(house: &House, school: SchoolId) -> Result<(), FlowError> {
    let live = house.ledger.view().live_releases(Some(school))?;
    let outbox = house.boxes.tray(school, Tray::Outbox)?;
    for name in outbox.published()? {
        let stands = live
            .iter()
            .flat_map(|r| &r.files)
            .any(|f| f.name == name.as_str());
        if !stands {
            outbox.remove(&name)?;
        }
    }
    Ok(outbox.sync()?)
}

/// After a crash: releases that were committed and not published are published now from their staged
/// files. Where a staged file is gone, the release is closed, and made again from what it disclosed.
pub(super) fn finish_half_done(house: &mut House) -> Result<(), FlowError> {
    let unfinished = house.ledger.view().unfinished_releases()?;
    if unfinished.is_empty() {
        return Ok(());
    }
    let (mut whole, mut lost) = (Vec::new(), Vec::new());
    for release in unfinished {
        if reveal_staged(house, &release)? {
            whole.push(release.plan.id)
        } else {
            lost.push(release)
        }
    }
    house.boxes.sync()?;
    receipts::publish_waiting(house)?;
    house
        .ledger
        .write(|tx| whole.iter().try_for_each(|id| tx.published(*id)))?;
    lost.iter()
        .try_for_each(|release| recall::make_again(house, release))
}

fn reveal_staged(house: &House, release: &Release) -> Result<bool, FlowError> {
    let mut all = !release.files.is_empty();
    for file in &release.files {
        let name = FileName::parse(&file.name)?;
        let left =
            house
                .boxes
                .reveal_left(release.plan.school, Tray::Outbox, &name, &file.sha256)?;
        all &= left == Left::Revealed;
    }
    Ok(all)
}
