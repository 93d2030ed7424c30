//! `validate`: what the daemon would say of a list, on any machine and without settings.

use std::fs;

use time::OffsetDateTime;

use super::{args::ValidateArgs, error::CliError, print};
use crate::{
    calendar::local_day,
    config::{Intake, Reader},
    domain::{problem::Severity, receipt::Outcome},
    flow::{
        FlowError,
        readers::readers,
        validate::{Validation, validate as judge},
    },
    jail::{Jail, Readers},
};

pub(super) fn validate(args: &ValidateArgs, json: bool) -> Result<(), CliError> {
    let name = args
        .file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let bytes = fs::read(&args.file).map_err(|source| CliError::File {
        path: args.file.clone(),
        source,
    })?;
    let today = args
        .today
        .unwrap_or_else(|| local_day(OffsetDateTime::now_utc()));
    let most = Intake::default().max_bytes;
    let validation = judge(&name, bytes, today, most, &own_readers()).map_err(FlowError::from)?;
    if json {
        print::json(&validation)?;
    } else {
        words(&validation)?;
    }
    match validation.outcome {
        Outcome::Rejected => Err(CliError::Told { code: 1 }),
        _ => Ok(()),
    }
}

/// The daemon's own reader; on a machine that can't lock it in, one's own file is read without.
fn own_readers() -> Readers {
    let locked_in = readers(&Reader::default());
    match locked_in.prove() {
        Ok(()) => locked_in,
        Err(error) => {
            print::aside(format!(
                "This machine can't lock the reader in; the file is read without. ({error})"
            ));
            Readers::new(Jail::None)
        }
    }
}

fn words(validation: &Validation) -> Result<(), CliError> {
    print::line(match validation.outcome {
        Outcome::Rejected => "The council would NOT take this file.",
        Outcome::AcceptedWithErrors => "The council would take this file but for some rows.",
        _ => "The council would take this file.",
    })?;
    for note in &validation.notes {
        print::line(note)?;
    }
    if let Some(counts) = validation.counts {
        print::line(format!(
            "{} rows: {} consent, {} do not, {} withdraw, {} could not be used.",
            counts.rows, counts.consented, counts.not_consented, counts.withdrawn, counts.rejected
        ))?;
    }
    for problem in &validation.problems {
        let weight = if problem.severity == Severity::Error {
            "mend "
        } else {
            "check"
        };
        let row = problem
            .row
            .map_or_else(|| "file".to_owned(), |row| format!("row {row}"));
        let column = problem
            .column
            .as_deref()
            .map_or_else(String::new, |column| format!(", column «{column}»"));
        print::line(format!(
            "{weight} {row}{column}: {} {} [{}]",
            problem.message,
            problem.fix,
            problem.code.code()
        ))?;
    }
    print::line("Only the receipt of a file that you send counts.")?;
    Ok(())
}
