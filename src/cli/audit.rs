//! `audit`: proves the trail, and prints it.

use std::{fs, io, path::Path};

use serde::de::IgnoredAny;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    args::{AuditVerb, ExportArgs, VerifyArgs},
    error::CliError,
    print,
    settings::Site,
};
use crate::{
    calendar::instant,
    domain::{checkpoint::CheckpointText, ids::SchoolId},
    flow::{
        FlowError,
        keys::known_signers,
        trail::proof::{Fault, Places, Proof, prove},
    },
    ledger::{Exported, ExportedRow},
    seal::Signers,
    vault::to_hex,
};

pub(super) fn audit(config: &Path, verb: &AuditVerb, json: bool) -> Result<(), CliError> {
    let site = Site::load(config)?;
    match verb {
        AuditVerb::Verify(args) => verify(&site, args, json),
        AuditVerb::Export(args) => export(&site, args),
    }
}

fn verify(site: &Site, args: &VerifyArgs, json: bool) -> Result<(), CliError> {
    let places = Places {
        boxes: site.folders.boxes.clone(),
        reports: site.folders.reports.clone(),
        given: args.receipts.clone(),
    };
    site.as_owner()?;
    let proof = prove(&site.folders.ledger, &places, &signers(site, args)?)?;
    if json {
        print::json(&for_programs(&proof))?;
    } else {
        for_people(&proof)?;
    }
    if proof.holds() {
        Ok(())
    } else {
        Err(CliError::Told { code: 1 })
    }
}

/// The auditor's own copy, or what the state remembers.
fn signers(site: &Site, args: &VerifyArgs) -> Result<Signers, CliError> {
    let Some(path) = &args.allowed_signers else {
        return Ok(known_signers(&site.folders.state)?);
    };
    let text = fs::read_to_string(path).map_err(|source| CliError::file(path, source))?;
    Signers::parse(&text).map_err(|fault| {
        CliError::Flow(FlowError::Signers {
            path: path.clone(),
            fault,
        })
    })
}

fn for_people(proof: &Proof) -> io::Result<()> {
    print::line(proof.sentence())?;
    if proof.faults.len() > 1 {
        for fault in proof.faults.iter().take(MOST_FAULTS) {
            print::line(format!("  - {}", fault.words()))?;
        }
        let more = proof.faults.len().saturating_sub(MOST_FAULTS);
        if more > 0 {
            print::line(format!("  - and {more} more; --json tells all"))?;
        }
    }
    print::line(proof.reach())?;
    let looked = &proof.looked;
    print::line(format!(
        "Compared with: {} signed checkpoints, {} of their files in reports/, {} receipts in boxes, {} that were given.",
        proof.checkpoints, looked.files, looked.receipts, looked.given
    ))?;
    if looked.unreadable > 0 {
        print::line(format!(
            "Note: {} files can't be read as the receipts or checkpoints that their names say.",
            looked.unreadable
        ))?;
    }
    proof
        .notes
        .iter()
        .try_for_each(|note| print::line(format!("Note: {note}.")))
}

fn for_programs(proof: &Proof) -> Value {
    let fault = |fault: &Fault| {
        json!({
            "kind": fault.word(),
            "first": fault.first,
            "last": fault.last,
            "what": fault.words(),
        })
    };
    json!({
        "holds": proof.holds(),
        "what": proof.sentence(),
        "rows": proof.rows,
        "head": {"seq": proof.last, "hash": proof.hash},
        "faults": proof.faults.iter().map(fault).collect::<Vec<_>>(),
        "sound": proof.sound.map(|sound| {
            json!({"seq": sound.seq, "at": sound.at.format(&Rfc3339).unwrap_or_default()})
        }),
        "compared": {
            "checkpoints": proof.checkpoints,
            "files": proof.looked.files,
            "receipts": proof.looked.receipts,
            "given": proof.looked.given,
            "unreadable": proof.looked.unreadable,
        },
        "notes": proof.notes,
    })
}

fn export(site: &Site, args: &ExportArgs) -> Result<(), CliError> {
    let glance = site.glance()?;
    let keyless = glance.keyless();
    let from = match args.since {
        None => args.from.unwrap_or(1),
        Some(day) => match keyless.first_row_since(instant(day.midnight()))? {
            Some(first) => first,
            None => return Ok(()),
        },
    };
    // A row is printed when it is known whether it is signed.
    let mut last: Option<(u64, String)> = None;
    keyless.export_trail(from, |exported| match exported {
        Exported::Row(row) => flush(last.replace((row.seq, row_line(&row)))),
        Exported::Checkpoint(text, signature) => {
            let checkpoint = checkpoint(&text, signature);
            match &mut last {
                Some((seq, line)) if *seq == text.seq => {
                    line.pop();
                    line.push_str(",\"checkpoint\":");
                    line.push_str(&checkpoint.to_string());
                    line.push('}');
                    Ok(())
                }
                // Its row is gone.
                _ => Ok(print::line(
                    json!({"seq": text.seq, "missing": true, "checkpoint": checkpoint}).to_string(),
                )?),
            }
        }
    })?;
    flush(last)
}

fn flush(line: Option<(u64, String)>) -> Result<(), CliError> {
    match line {
        Some((_, line)) => Ok(print::line(line)?),
        None => Ok(()),
    }
}

/// One line; `detail` stands in it byte for byte as it was hashed.
fn row_line(row: &ExportedRow<'_>) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.at) * 1000);
    let at = at.ok().and_then(|at| at.format(&Rfc3339).ok());
    let detail = match serde_json::from_str::<IgnoredAny>(row.detail) {
        Ok(_) => row.detail.to_owned(),
        Err(_) => json!(row.detail).to_string(),
    };
    let hash = row.hash.map(|hash| to_hex(&hash));
    format!(
        "{{\"seq\":{},\"at\":{},\"actor\":{},\"verb\":{},\"subject\":{},\"school\":{},\"detail\":{detail},\"previous\":{},\"hash\":{}}}",
        row.seq,
        at.map_or_else(|| json!(row.at), Value::from),
        actor(row),
        json!(row.verb),
        json!(row.subject),
        row.school.map_or(Value::Null, school),
        json!(to_hex(&row.previous)),
        json!(hash),
    )
}

fn actor(row: &ExportedRow<'_>) -> Value {
    match row.actor {
        "system" => json!({"kind": "system"}),
        "operator" => json!({"kind": "operator", "name": row.name, "uid": row.number}),
        "school" => {
            json!({"kind": "school", "id": row.number.map(school), "key": row.key})
        }
        kind => {
            json!({"kind": kind, "name": row.name, "number": row.number, "key": row.key})
        }
    }
}

fn school(number: i64) -> Value {
    let id = u32::try_from(number).ok();
    id.and_then(|number| SchoolId::from_number(number).ok())
        .map_or_else(|| json!(number), |id| json!(id))
}

fn checkpoint(text: &CheckpointText, signature: &str) -> Value {
    json!({
        "hash": text.hash,
        "at": text.at.format(&Rfc3339).unwrap_or_default(),
        "text": text.text(),
        "signature": signature,
    })
}

/// Faults that people are told.
const MOST_FAULTS: usize = 20;
