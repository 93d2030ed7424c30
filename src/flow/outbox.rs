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
    superseding::Superseded,
    trail::checkpoints,
    unfinished,
};
use crate::{
    boxes::{FileName, StagedIn, Tray},
    domain::{
        ids::{ReleaseId, SchoolId},
        receipt::{Counts, ExpiryRule, ExtractFacts, Kind, Outcome, ReceivedFile, ReleaseFacts},
        school::Format,
    },
    ledger::{Act, Closed, Extract, NewRelease, ReleaseFile, SealedDisclosure, Verb},
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

/// Writes the files under hidden names and makes them durable: all of them, or none stays.
pub(super) fn stage(house: &House, sealed: &[Sealed]) -> Result<Vec<StagedIn>, FlowError> {
    let mut staged = Vec::new();
    let done = stage_into(house, sealed, &mut staged);
    match done {
        Ok(()) => Ok(staged),
        Err(error) => {
            discard(house, staged);
            Err(error)
        }
    }
}

fn stage_into(
    house: &House,
    sealed: &[Sealed],
    staged: &mut Vec<StagedIn>,
) -> Result<(), FlowError> {
    for one in sealed {
        for file in &one.files {
            let name = FileName::parse(&file.name)?;
            let school = one.plan.school.id;
            staged.push(
                house
                    .boxes
                    .stage(school, Tray::Outbox, &name, &file.bytes)?,
            );
        }
    }
    Ok(house.boxes.sync()?)
}

/// Removes staged files that shall not be seen after all.
pub(super) fn discard(house: &House, staged: Vec<StagedIn>) {
    for file in staged {
        // What stays is hidden, and swept at the next start.
        let _ = house.boxes.discard(file);
    }
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
            if one.is_made() && tx.revision(school)? != one.plan.revision {
                return Err(FlowError::ConsentsChanged(school));
            }
            let before = if one.is_made() {
                Superseded::by_next_file(tx, school, cause.trigger, one.plan.replaces)?
            } else {
                Superseded::default()
            };
            let release = one.new_release(cause, extract, before.id, rule, now);
            tx.plan_release(&release, &one.disclosures)?;
            if one.is_made() {
                tx.sealed(one.id, &one.ledger_files(), one.recipients())?;
                tx.remakes_settled(school)?;
            } else {
                tx.close_release(one.id, Closed::Held, now)?;
            }
            before.settle(tx, school, one.id, now)?;
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
            let mut draft = one.draft(facts);
            draft.notes.extend(before.note());
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
            revision: self.plan.revision,
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
            notes: self.plan.notes(),
            release: Some(facts),
            expiring: self.plan.expiring,
            ..Draft::of(self.id.to_string(), outcome.word(), Kind::Release, outcome)
        }
    }
}

/// Makes the staged files visible, then takes what they replace out of the outboxes. Each release is looked
/// at once more: where one no longer stands, all go the way of releases that were begun and not finished.
pub(super) fn reveal(
    house: &mut House,
    sealed: &[Sealed],
    staged: Vec<StagedIn>,
) -> Result<(), FlowError> {
    if !all_stand(house, sealed)? {
        return unfinished::finish(house);
    }
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
    let (desk, now) = (house.desk(), house.now());
    if !published.is_empty() {
        house.ledger.write(|tx| {
            published.iter().try_for_each(|id| tx.published(*id))?;
            checkpoints::sign(tx, &desk, now, checkpoints::Occasion::Release)
        })?;
        fault::point("release-after-mark-before-checkpoint-file");
        checkpoints::publish(house);
    }
    fault::point("release-after-mark-before-superseded-removed");
    for one in sealed.iter().filter(|s| s.is_made()) {
        tidy(house, one.plan.school.id)?;
    }
    Ok(())
}

fn all_stand(house: &House, sealed: &[Sealed]) -> Result<bool, FlowError> {
    let view = house.ledger.view();
    for one in sealed.iter().filter(|one| one.is_made()) {
        let stands = match view.release(one.id)? {
            Some(release) => recall::stands_unlooked(house, &release, &one.plan.school)?,
            None => false,
        };
        if !stands {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes every file out of a school's outbox that no live release stands behind.
pub(super) fn tidy(house: &House, school: SchoolId) -> Result<(), FlowError> {
    let outbox = house.boxes.tray(school, Tray::Outbox)?;
    let names = outbox.published()?;
    if names.is_empty() {
        return Ok(());
    }
    let live = house.ledger.view().live_releases(Some(school))?;
    let stands = |name: &FileName| {
        live.iter()
            .flat_map(|release| &release.files)
            .any(|file| file.name == name.as_str())
    };
    let mut removed = false;
    for name in names.iter().filter(|name| !stands(name)) {
        outbox.remove(name)?;
        removed = true;
    }
    if removed {
        outbox.sync()?;
    }
    Ok(())
}
