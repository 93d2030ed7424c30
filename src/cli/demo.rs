//! `demo`: the whole story on made-up data. What it tells really happens while it tells it: the commands
//! that it shows are the ones that it runs, and the receipts are read from the boxes.

mod folder;
mod made_up;
mod service;
mod stage;
mod story;
mod telling;

use std::{
    env,
    path::Path,
    time::{Duration, Instant},
};

use self::{
    folder::Folder,
    made_up::{CONFIRMATION, NORTHMOOR},
    stage::Stage,
};
use super::{args::DemoArgs, error::CliError, print};

pub(super) fn demo(args: DemoArgs) -> Result<(), CliError> {
    let began = Instant::now();
    if let Some(path) = args.keep {
        let folder = Folder::kept(&path)?;
        let mut stage = Stage::build(folder.path());
        let last = story::tell(&mut stage)?;
        let took = began.elapsed();
        if args.serve {
            stay_up(&mut stage)?;
        }
        drop(stage);
        return what_to_try(folder.path(), &last, took);
    }
    let folder = Folder::temporary()?;
    let mut stage = Stage::build(folder.path());
    story::tell(&mut stage)?;
    if args.serve {
        stay_up(&mut stage)?;
    }
    drop(stage);
    let path = folder.path().display().to_string();
    folder.remove()?;
    telling::heading("The end", None)?;
    telling::say(format!(
        "It took {}. Nothing is left behind: {path} is gone. To look around in what the story made, \
         run it again with «pillarbox demo --keep DIR».",
        seconds(began.elapsed())
    ))
}

/// Serves until Ctrl-C, for whoever wants to be a school.
fn stay_up(stage: &mut Stage) -> Result<(), CliError> {
    telling::heading("Try it by hand", Some(CONFIRMATION))?;
    telling::say(
        "The server stays up, on this machine only, until you press Ctrl-C. In another terminal, come in \
         as Alex of Northmoor Academy and put a list into inbox/; what is answered appears here and in \
         receipts/:",
    )?;
    telling::command(&stage.sftp_command(&NORTHMOOR)?)?;
    print::line("")?;
    stage.serve(CONFIRMATION)
}

/// Where things are, and commands to try; `last` is the file in Northmoor's outbox.
fn what_to_try(folder: &Path, last: &str, took: Duration) -> Result<(), CliError> {
    let at = folder.display();
    telling::heading("The end", None)?;
    telling::say(format!(
        "It took {}. Everything is kept in {at}:",
        seconds(took)
    ))?;
    for (name, about) in [
        ("pillarbox.toml", "the council's settings"),
        ("schools.d/, keys/", "its schools, and its secret keys"),
        ("state/boxes/", "what the schools see: one box each"),
        ("state/", "the ledger, the extract, sealed uploads"),
        (
            "persons/",
            "what the schools' staff have on their own computers",
        ),
    ] {
        print::line(format!("  {name:<19}{about}"))?;
    }
    print::line("")?;
    telling::say("Some commands to try next; the ledger is a rehearsal, so nothing can go wrong:")?;
    if let Ok(program) = env::current_exe() {
        telling::command(&format!("alias pillarbox=\"{}\"", program.display()))?;
    }
    telling::command(&format!("export PILLARBOX_CONFIG=\"{at}/pillarbox.toml\""))?;
    for verb in [
        "status",
        "school show 8994001",
        "release --all --dry-run",
        "audit export",
    ] {
        telling::command(&format!("pillarbox {verb}"))?;
    }
    telling::command(&format!(
        "pillarbox open \"{at}/state/boxes/8994001/outbox/{last}\" -i \"{at}/persons/alex\""
    ))?;
    print::line("")?;
    telling::say(format!(
        "Or put a list of your own making into {at}/state/boxes/8994002/inbox/, say «pillarbox run \
         --once», and read the answer in receipts/ beside it."
    ))
}

fn seconds(took: Duration) -> String {
    format!("{:.1} seconds", took.as_secs_f64())
}
