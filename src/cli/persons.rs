//! `withdraw`: a pupil told the council.

use std::path::Path;

use super::{args::WithdrawArgs, asking::whom, error::CliError, print, release};
use crate::flow::{
    command::{Command, Reply},
    notices::{Withdraw, Withdrawn},
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
