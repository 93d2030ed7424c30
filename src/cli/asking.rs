//! What a command asks at the terminal: who it is about (or from arguments, or as JSON from standard
//! input), and a key's passphrase.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use zeroize::Zeroizing;

use super::{args::WhoArgs, error::CliError, print};
use crate::flow::who::Who;

/// The person that the arguments tell of, told well enough.
pub(super) fn whom(args: WhoArgs) -> Result<Who, CliError> {
    let WhoArgs {
        source,
        forename,
        surname,
        dob,
        upn,
        uln,
    } = args;
    let told = [&forename, &surname, &dob, &upn, &uln]
        .iter()
        .any(|told| told.is_some());
    let who = if source.is_some() {
        from_json()?
    } else if told {
        Who {
            forename,
            surname,
            date_of_birth: dob,
            upn,
            uln,
        }
    } else {
        ask()?
    };
    who.described().map_err(CliError::Who)?;
    Ok(who)
}

/// The passphrase of a person's key, typed unseen; none where nobody sits at a terminal.
pub(super) fn passphrase() -> Option<Zeroizing<String>> {
    let typed = rpassword::prompt_password("Passphrase of the key: ").ok()?;
    Some(Zeroizing::new(typed))
}

fn from_json() -> Result<Who, CliError> {
    let mut text = String::new();
    io::stdin()
        .take(LONGEST_JSON)
        .read_to_string(&mut text)
        .map_err(CliError::NotRead)?;
    // What serde says may repeat what was told; the place is enough to find the mistake.
    serde_json::from_str(&text).map_err(|fault| CliError::WhoJson {
        line: fault.line(),
        column: fault.column(),
    })
}

/// Asks for each part; an empty answer leaves it out.
fn ask() -> Result<Who, CliError> {
    Ok(Who {
        forename: answer("Forename")?,
        surname: answer("Surname")?,
        date_of_birth: answer("Date of birth (such as 2010-03-01)")?,
        upn: answer("UPN, if you know it")?,
        uln: answer("ULN, if you know it")?,
    })
}

fn answer(question: &str) -> Result<Option<String>, CliError> {
    if io::stdin().is_terminal() {
        print::aside(format!("{question}:"));
    }
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(CliError::NotRead)?;
    let line = line.trim();
    Ok((!line.is_empty()).then(|| line.to_owned()))
}

/// Bytes of a person's JSON: names are short.
const LONGEST_JSON: u64 = 64 * 1024;
