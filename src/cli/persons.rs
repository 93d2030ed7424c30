//! `withdraw`, `subject`, `erase`, `breach`: what concerns one person, or everybody whom a loss affects.

use std::path::Path;

use super::{
    args::{BreachArgs, EraseArgs, SubjectArgs, WithdrawArgs},
    asking::whom,
    error::CliError,
    release,
};
use crate::flow::{
    command::Command,
    notices::Withdraw,
    rights::{Breach, Erase, Lost, Subject},
};

pub(super) fn withdraw(config: &Path, args: WithdrawArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Withdraw(Withdraw {
        school: args.school,
        who: whom(args.who)?,
    });
    let reply = release::answer(config, &command, args.when.at, json)?;
    release::said(&reply, json, "Withdrawn.")
}

pub(super) fn subject(config: &Path, args: SubjectArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Subject(Subject {
        who: whom(args.who)?,
    });
    let reply = release::answer(config, &command, args.when.at, json)?;
    release::said(&reply, json, "")
}

pub(super) fn erase(config: &Path, args: EraseArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Erase(Erase {
        who: whom(args.who)?,
    });
    let reply = release::answer(config, &command, args.when.at, json)?;
    release::said(&reply, json, "Erased.")
}

pub(super) fn breach(config: &Path, args: BreachArgs, json: bool) -> Result<(), CliError> {
    let about = args.about;
    let lost = (about.release.map(Lost::Release))
        .or(about.key.map(Lost::Key))
        .or(about.school.map(Lost::School));
    let Some(about) = lost else {
        return Ok(());
    };
    let command = Command::Breach(Breach {
        about,
        known_at: args.known_at,
    });
    let reply = release::answer(config, &command, args.when.at, json)?;
    release::said(&reply, json, "")
}
