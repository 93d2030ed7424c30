//! `withdraw`, `subject`, `erase`, `breach`: what concerns one person, or everybody whom a loss affects.

use std::path::Path;

use super::{
    args::{BreachArgs, EraseArgs, SubjectArgs, WithdrawArgs},
    asking::whom,
    error::CliError,
    print, release,
};
use crate::flow::{
    command::{Command, Reply},
    notices::{Withdraw, Withdrawn},
    rights::{Breach, Erase, Lost, Subject},
};

pub(super) fn withdraw(config: &Path, args: WithdrawArgs, json: bool) -> Result<(), CliError> {
    let command = Command::Withdraw(Withdraw {
        school: args.school,
        who: whom(args.who)?,
    });
    match release::answer(config, &command, args.when.at, json)? {
        Reply::Withdrawn(done) if json => Ok(print::json(&done)?),
        Reply::Withdrawn(done) => tell_withdrawn(&done),
        _ => Ok(()),
    }
}

fn tell_withdrawn(done: &Withdrawn) -> Result<(), CliError> {
    let Withdrawn { id, school, .. } = done;
    if done.withdrawn > 0 {
        print::line(format!(
            "{id}: consent withdrawn. Nothing more is shared about this pupil with school {school}."
        ))?;
    } else if done.held > 0 {
        print::line(format!(
            "{id}: nobody on record at school {school} fits exactly. {} who nearly fit are held: see «pillarbox review list».",
            done.held
        ))?;
    } else if done.remembered {
        print::line(format!(
            "{id}: nobody on record at school {school} fits. The withdrawal is remembered, should a list name this pupil."
        ))?;
    } else {
        print::line(format!("{id}: this pupil's consent was withdrawn before."))?;
    }
    for release in &done.recalled {
        print::line(format!("Taken back from the outbox: {release}."))?;
    }
    for notice in &done.notices {
        print::line(format!(
            "The school is asked to destroy what it received: {notice}."
        ))?;
    }
    Ok(())
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
