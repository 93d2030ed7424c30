//! `audit`: proves the trail, and prints it.

use std::path::Path;

use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::{args::AuditVerb, error::CliError, print, settings::Site};
use crate::{
    ledger::{Actor, Fault, TrailProof, TrailRow},
    vault::to_hex,
};

pub(super) fn audit(config: &Path, verb: &AuditVerb, json: bool) -> Result<(), CliError> {
    let site = Site::load(config)?;
    let glance = site.glance()?;
    match verb {
        AuditVerb::Verify => verify(&glance.keyless().verify_trail()?, json),
        AuditVerb::Export => {
            let mut from = 1;
            loop {
                let rows = glance.keyless().trail(from, AT_ONCE)?;
                let Some(last) = rows.last() else {
                    return Ok(());
                };
                from = last.seq + 1;
                rows.iter().try_for_each(export)?;
            }
        }
    }
}

fn verify(proof: &TrailProof, json: bool) -> Result<(), CliError> {
    let (holds, words) = match proof {
        TrailProof::Verified(head) => (
            true,
            format!("The trail holds: {} rows, head {}.", head.seq, head.hash),
        ),
        TrailProof::Broken { at, how } => {
            let how = match how {
                Fault::Missing => "it is missing",
                Fault::Changed => "it was changed",
                Fault::NotAsSigned => "it is not the row that was signed",
            };
            (false, format!("The trail is BROKEN at row {at}: {how}."))
        }
    };
    if json {
        print::json(&json!({"holds": holds, "what": words}))?;
    } else {
        print::line(words)?;
    }
    if holds {
        Ok(())
    } else {
        Err(CliError::Told { code: 1 })
    }
}

fn export(row: &TrailRow) -> Result<(), CliError> {
    let act = &row.act;
    let line = json!({
        "seq": row.seq,
        "at": act.at.format(&Rfc3339).unwrap_or_default(),
        "actor": actor(&act.actor),
        "verb": act.verb.word(),
        "subject": act.subject,
        "school": act.school,
        "detail": act.detail,
        "hash": to_hex(&row.hash),
    });
    Ok(print::line(line.to_string())?)
}

fn actor(actor: &Actor) -> serde_json::Value {
    match actor {
        Actor::System => json!({"kind": "system"}),
        Actor::Operator { name, uid } => json!({"kind": "operator", "name": name, "uid": uid}),
        Actor::School { id, key } => json!({"kind": "school", "id": id, "key": key}),
    }
}

/// Rows read at once.
const AT_ONCE: u32 = 1_000;
