//! What was taken is judged, each upload on its own, and all of a wave is recorded in one commit. What
//! can't be judged now stays taken, and is judged at a later pass.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use rayon::prelude::*;
use time::Date;

use super::{
    FlowError,
    facts::SealedFacts,
    fault,
    forecast::foreseen,
    house::House,
    judging::{Bench, Judged, kind_counts_rows},
    recording::{self, SealedChanges},
    sealed_copy,
    sight::lookout::reader_failed,
    upload::{Body, Taken, Upload},
};
use crate::{
    domain::{ids::SubmissionId, problem::ProblemCode, receipt::ExpiryRule, school::School},
    jail::Readers,
    ledger::{FileStat, TakenUpload},
    policy::judge::ListRules,
    reading::{Limits, kind_of},
    seal::IntakeKey,
    transport::metrics::Sight,
    vault::Vault,
};

/// All that judging takes, without the ledger: the next wave is judged while the last is recorded.
pub(super) struct Judge {
    today: Date,
    rules: ListRules,
    expires: ExpiryRule,
    limits: Limits,
    max_bytes: u64,
    readers: Arc<Readers>,
    intake_key: Option<Arc<IntakeKey>>,
    vault: Vault,
    sight: Arc<Sight>,
}

/// What became of each upload of a wave.
pub(super) type Verdicts = Vec<(
    SubmissionId,
    Result<(Taken, Judged, SealedChanges), FlowError>,
)>;

impl Judge {
    /// The house's judge, as of now.
    pub(super) fn of(house: &House) -> Self {
        Self {
            today: house.today(),
            rules: house.list_rules(),
            expires: house.settings.consent.expires,
            limits: house.limits(),
            max_bytes: house.settings.intake.max_bytes,
            readers: Arc::clone(&house.readers),
            intake_key: house.intake_key.clone(),
            vault: house.vault.clone(),
            sight: house.sight.sight(),
        }
    }

    /// Judges each upload on its own, on all cores.
    pub(super) fn judge(&self, wave: Vec<(Taken, SealedFacts)>) -> Verdicts {
        let bench = Bench {
            today: self.today,
            rules: &self.rules,
            limits: &self.limits,
            max_bytes: self.max_bytes,
            readers: &self.readers,
            intake_key: self.intake_key.as_deref(),
            any_school: false,
            reader_failed: &|taken, why| {
                reader_failed(&self.sight, taken.id, taken.upload.school.id, why);
            },
        };
        wave.into_par_iter()
            .map(|(taken, facts)| (taken.id, self.verdict(&bench, taken, facts)))
            .collect()
    }

    fn verdict(
        &self,
        bench: &Bench<'_>,
        taken: Taken,
        facts: SealedFacts,
    ) -> Result<(Taken, Judged, SealedChanges), FlowError> {
        let facts = facts.open(&self.vault)?;
        // Whatever the bytes do to the readers, the upload ends as a receipt and the daemon lives on.
        let judged = catch_unwind(AssertUnwindSafe(|| bench.judge(&taken, &facts)));
        let judged = judged.unwrap_or_else(|_| {
            tracing::error!(submission = %taken.id, "judging an upload broke down; it is refused as unreadable");
            Ok(Judged::unreadable(&taken))
        });
        let mut judged = judged?;
        let changes = std::mem::take(&mut judged.changes);
        if kind_counts_rows(judged.kind) {
            judged.expiring = Some(foreseen(&facts, &changes, self.expires, self.today));
        }
        let school = taken.upload.school.id;
        let changes = SealedChanges::seal(&self.vault, school, changes, &facts);
        Ok((taken, judged, changes))
    }
}

/// What the ledger knows of each upload's school. One whose facts can't be read stays taken, and is
/// judged at a later pass.
pub(super) fn with_facts(house: &House, wave: Vec<Taken>) -> Vec<(Taken, SealedFacts)> {
    let view = house.ledger.view();
    let mut known = Vec::with_capacity(wave.len());
    for taken in wave {
        let kind = kind_of(&taken.upload.name).kind;
        match SealedFacts::read(&view, taken.upload.school.id, kind) {
            Ok(facts) => known.push((taken, facts)),
            Err(error) => house.trouble(&judging(taken.id), &error.into()),
        }
    }
    known
}

/// Records what became of a wave in one commit. Returns how many were judged.
pub(super) fn record(house: &mut House, verdicts: Verdicts) -> Result<usize, FlowError> {
    let mut judged = Vec::with_capacity(verdicts.len());
    for (id, verdict) in verdicts {
        match verdict {
            Ok(verdict) => {
                house.calm(&judging(id));
                judged.push(verdict);
            }
            Err(error) => house.trouble(&judging(id), &error),
        }
    }
    let count = judged.len();
    fault::point("judge-before-commit");
    recording::record(house, judged)?;
    fault::point("judge-after-commit-before-receipt");
    Ok(count)
}

/// After a crash: what was taken and not judged is judged from its sealed copy.
pub(super) fn judge_what_was_taken(house: &mut House) -> Result<usize, FlowError> {
    let mut count = 0;
    let judge = Judge::of(house);
    for one in house.ledger.view().taken_unjudged(u32::MAX)? {
        // A school whose file could not be read yet has its turn when it is mended.
        let Some(school) = house.schools.of(one.school).cloned() else {
            continue;
        };
        let taken = from_spool(house, school, one)?;
        let verdicts = judge.judge(with_facts(house, vec![taken]));
        count += record(house, verdicts)?;
    }
    Ok(count)
}

/// After a restore: what was taken again is judged as of the day on which it came, and its receipt says so. A
/// school whose file can't be read has its turn later.
pub(super) fn judge_again(
    house: &mut House,
    id: SubmissionId,
    day: Date,
    note: &str,
) -> Result<(), FlowError> {
    let Some(one) = house.ledger.view().submission(id)? else {
        return Ok(());
    };
    let Some(school) = house.schools.of(one.taken.school).cloned() else {
        return Ok(());
    };
    house.as_of = Some(day);
    let recorded = from_spool(house, school, one.taken).and_then(|taken| {
        let mut verdicts = Judge::of(house).judge(with_facts(house, vec![taken]));
        for (_, verdict) in &mut verdicts {
            if let Ok((_, judged, _)) = verdict {
                judged.notes.insert(0, note.to_owned());
            }
        }
        record(house, verdicts)
    });
    house.as_of = None;
    recorded.map(drop)
}

/// An upload as it was when it was taken.
fn from_spool(house: &House, school: Arc<School>, one: TakenUpload) -> Result<Taken, FlowError> {
    let body = match &one.spool {
        Some(key) => {
            let sealed = house.spool.read(key)?;
            let opened = sealed.and_then(|sealed| sealed_copy::open(&house.vault, &sealed));
            let bytes = opened.map(|opened| opened.bytes);
            if bytes.is_none() {
                tracing::error!(
                    submission = %one.id,
                    "the sealed copy of an upload is lost or damaged; the school is asked to send it again"
                );
            }
            bytes.map_or(Body::Unread(ProblemCode::FileIncomplete), Body::Bytes)
        }
        None if let Some(code) = one.unread => Body::Unread(code),
        None if one.bytes > house.settings.intake.max_bytes => {
            Body::Unread(ProblemCode::FileTooLarge)
        }
        // A file that may not be read has a size, and what is no file has none.
        None if one.bytes > 0 => Body::Unread(ProblemCode::FileUnreadable),
        None => Body::Unread(ProblemCode::FileTypeUnknown),
    };
    let upload = Upload {
        school,
        name: one.name.to_string_lossy().into_owned(),
        raw_name: one.name,
        stat: NO_STAT,
        size: one.bytes,
        sha256: one.sha256,
        body,
        by: one.by,
        handed_over: None,
    };
    Ok(Taken {
        id: one.id,
        spool: one.spool,
        upload,
    })
}

fn judging(id: SubmissionId) -> String {
    format!("judging {id}")
}

/// What a recovered upload was like in its inbox no longer matters: the ledger knows where it lingers.
const NO_STAT: FileStat = FileStat {
    dev: 0,
    ino: 0,
    ctime_ns: 0,
    mtime_ns: 0,
    size: 0,
    nlink: 0,
};
