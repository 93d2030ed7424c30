//! From withdrawals to notices: which releases may have been read, by whose pupils, and the list that the
//! school gets. What nobody can have read needs no notice.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;

use crate::{
    domain::{
        ids::{NoticeId, PupilId, ReleaseId, SchoolId, SubmissionId},
        pupil::Standing,
        receipt::{Kind, NoticeFacts, Outcome},
        school::School,
    },
    flow::{FlowError, fault, front_end::served, house::House, receipts::Draft},
    ledger::{Act, Actor, NoticePupil, SealedDisclosure, Verb, Withdrawal},
    seal::{NoticeRow, Recipients, notice_csv, seal_file},
};

/// Draws the consequences of every withdrawal that waits for nobody: one notice for each file of
/// withdrawals, or none where nothing that it withdraws can have been read.
pub fn open_due(house: &mut House) -> Result<Vec<NoticeId>, FlowError> {
    let due = house.ledger.view().withdrawals_due()?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // The front end tells before the first byte leaves; so whatever is told by now is all there was.
    served::record(house);
    let mut opened = Vec::new();
    for file in due.chunk_by(|a, b| a.submission == b.submission) {
        let Some(school) = house.schools.of(file[0].school).cloned() else {
            continue;
        };
        let withdrawn = still_withdrawn(house, file)?;
        if is_in_the_outbox(house, school.id, &withdrawn)? {
            // The recall did not get through yet; it is tried again, and after it this.
            continue;
        }
        if !withdrawn.is_empty() {
            opened.extend(draw(house, &school, &withdrawn)?);
        }
    }
    Ok(opened)
}

/// Whether a file that somebody may still fetch holds one of these pupils.
fn is_in_the_outbox(
    house: &House,
    school: SchoolId,
    withdrawn: &[Withdrawal],
) -> Result<bool, FlowError> {
    let view = house.ledger.view();
    let live = view.live_releases(Some(school))?;
    let begun = view.unfinished_releases()?;
    let begun = begun
        .into_iter()
        .filter(|release| release.plan.school == school);
    let mut held = BTreeSet::new();
    for release in live.into_iter().chain(begun) {
        let told = view.disclosures(release.plan.id)?;
        held.extend(told.iter().map(SealedDisclosure::pupil));
    }
    Ok(withdrawn.iter().any(|one| held.contains(&one.pupil)))
}

/// Those of a file's withdrawals that stand. A later-dated consent, or an analyst, may have restored a pupil
/// meanwhile: then nothing follows, whatever lies in the outbox. Who was erased has no consent left, and
/// withdrew.
fn still_withdrawn(house: &mut House, file: &[Withdrawal]) -> Result<Vec<Withdrawal>, FlowError> {
    let (mut stand, mut restored) = (Vec::new(), Vec::new());
    for one in file {
        let consent = house.ledger.view().consent(one.school, one.pupil)?;
        match consent.map(|consent| consent.facts().standing) {
            None | Some(Standing::Withdrawn(_)) => stand.push(*one),
            Some(Standing::InForce | Standing::Lapsed) => restored.push(one.pupil),
        }
    }
    if !restored.is_empty() {
        house
            .ledger
            .write(|tx| tx.withdrawals_settled(file[0].submission, &restored))?;
    }
    Ok(stand)
}

/// Draws the consequences of one file's withdrawals.
fn draw(
    house: &mut House,
    school: &Arc<School>,
    file: &[Withdrawal],
) -> Result<Option<NoticeId>, FlowError> {
    let mut pupils = Vec::new();
    for withdrawal in file {
        pupils.extend(told_of(house, school.id, withdrawal.pupil)?);
    }
    let settled: Vec<PupilId> = file.iter().map(|withdrawal| withdrawal.pupil).collect();
    let (submission, now) = (file[0].submission, house.now());
    if pupils.is_empty() {
        house
            .ledger
            .write(|tx| tx.withdrawals_settled(submission, &settled))?;
        return Ok(None);
    }
    let (facts, enclosed) = enclose(house, school, &pupils)?;
    let desk = house.desk();
    let id = house.act(|tx| {
        let id = tx.open_notice(school.id, submission, now, &pupils)?;
        tx.withdrawals_settled(submission, &settled)?;
        let head = tx.record(&Act {
            at: now,
            actor: Actor::System,
            verb: Verb::NoticeOpened,
            subject: id.to_string(),
            school: Some(school.id),
            detail: json!({
                "submission": submission, "pupils": facts.pupils, "releases": facts.releases,
            }),
        })?;
        let draft = Draft {
            notice: Some(NoticeFacts {
                id,
                submission,
                ..facts
            }),
            enclosed,
            ..Draft::of(
                id.to_string(),
                Outcome::Open.word(),
                Kind::Notice,
                Outcome::Open,
            )
        };
        let _ = tx.put_receipt(&desk.write(draft, school, now, head)?)?;
        Ok::<_, FlowError>(id)
    })?;
    fault::point("notice-after-commit");
    Ok(Some(id))
}

/// The pupil with the releases that may have been read and that no earlier notice named; `None` where
/// there are none. "Destroy notices follow withdrawals of pupils in files of which any byte was served, or
/// where the transport cannot tell" (spec 6).
fn told_of(
    house: &House,
    school: SchoolId,
    pupil: PupilId,
) -> Result<Option<NoticePupil>, FlowError> {
    let view = house.ledger.view();
    let noticed = view.releases_noticed(pupil)?;
    let tells = house.settings.sftp.is_some() && !view.is_reached_otherwise(school)?;
    let (mut releases, mut person) = (Vec::new(), None);
    for disclosure in view.disclosed_about(school, pupil)? {
        let release = disclosure.release();
        if noticed.contains(&release) || (tells && view.servings(release)?.is_empty()) {
            continue;
        }
        let disclosed = disclosure.open(&house.vault)?;
        releases.push(release);
        person = Some((disclosed.name(), disclosed.born));
    }
    Ok(person.map(|person| NoticePupil {
        pupil,
        releases,
        person: Some(person),
    }))
}

/// What a receipt says of these pupils without naming them, and the list of them for those who may collect
/// today; no list where nobody could open it. Its id is nobody's yet.
pub(super) fn enclose(
    house: &House,
    school: &School,
    pupils: &[NoticePupil],
) -> Result<(NoticeFacts, Option<Vec<u8>>), FlowError> {
    let releases: BTreeSet<ReleaseId> = pupils
        .iter()
        .flat_map(|pupil| pupil.releases.iter().copied())
        .collect();
    let rows: Vec<NoticeRow> = pupils.iter().filter_map(row).collect();
    let recipients = Recipients::of(school.collectors(house.today())).ok();
    let recipients = recipients.filter(|_| !rows.is_empty());
    let enclosed = recipients
        .as_ref()
        .map(|recipients| seal_file(&notice_csv(&rows), recipients))
        .transpose()?;
    let facts = NoticeFacts {
        id: NoticeId::new(0),
        submission: SubmissionId::new(0),
        pupils: u32::try_from(pupils.len()).unwrap_or(u32::MAX),
        releases: releases.into_iter().collect(),
        file: None,
        recipients: recipients.map_or_else(Vec::new, |to| to.fingerprints().to_vec()),
    };
    Ok((facts, enclosed))
}

fn row(pupil: &NoticePupil) -> Option<NoticeRow> {
    let (name, born) = pupil.person.clone()?;
    let releases: Vec<String> = pupil.releases.iter().map(ToString::to_string).collect();
    Some(NoticeRow {
        name,
        born,
        releases: releases.join(" "),
    })
}
