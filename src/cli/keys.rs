//! `keys`: shows which there are, and changes one for another. No key is ever printed to a terminal.

use std::{
    io::{self, IsTerminal as _, Read as _},
    path::{Path, absolute},
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{
    act::act,
    args::{DropVerb, KeysVerb, RenewArgs, RenewedKey, RotateLedgerArgs, RotateVerb},
    error::CliError,
    owner::asker,
    print,
    settings::Site,
};
use crate::{
    flow::{
        FlowError,
        command::{Command, Reply, perform},
        house::House,
        keys::{KeyLine, KeyState, KeysCommand, KeysReply},
        pass,
    },
    ledger::Actor,
    seal::IntakeKey,
    transport::control::{CallError, Peer, call},
    vault::LedgerKey,
};

pub(super) fn keys(config: &Path, verb: KeysVerb, json: bool) -> Result<(), CliError> {
    let command = match verb {
        KeysVerb::List => KeysCommand::List,
        KeysVerb::Rotate(RotateVerb::Receipts(args)) => KeysCommand::RotateReceipts {
            stolen: args.stolen,
        },
        KeysVerb::Rotate(RotateVerb::Host(args)) => KeysCommand::RotateHost {
            from: args.from,
            now: args.now,
        },
        KeysVerb::Rotate(RotateVerb::Intake(args)) => KeysCommand::RotateIntake {
            overlap: args.overlap,
        },
        KeysVerb::Rotate(RotateVerb::Ledger(args)) => return rotate_ledger(config, args, json),
        KeysVerb::Drop(DropVerb::Intake(args)) => KeysCommand::DropIntake { all: args.all },
        KeysVerb::Renew(args) => return renew(&args),
    };
    match act(config, &Command::Keys(command), None)? {
        Reply::Keys(reply) => tell(&reply, json),
        _ => Ok(()),
    }
}

/// Whoever can seal the ledger anew: the daemon, or this process alone.
enum Sealer {
    Daemon(Box<Site>),
    Alone(Box<House>, Actor),
}

impl Sealer {
    fn ask(&mut self, command: KeysCommand) -> Result<KeysReply, CliError> {
        let command = Command::Keys(command);
        let reply = match self {
            Self::Daemon(site) => call::<Command, Reply>(&site.socket(), &command)?,
            Self::Alone(house, actor) => perform(house, command, actor)?,
        };
        match reply {
            Reply::Keys(reply) => Ok(reply),
            Reply::Refused { why, next } => Err(CliError::Refused { why, next }),
            _ => Ok(KeysReply::List { keys: Vec::new() }),
        }
    }

    fn find(config: &Path) -> Result<Self, CliError> {
        let site = Site::load(config)?;
        let question = Command::Keys(KeysCommand::List);
        match call::<Command, Reply>(&site.socket(), &question) {
            Ok(_) => Ok(Self::Daemon(Box::new(site))),
            Err(CallError::NotRunning) => {
                let mut house = site.open_house(None)?;
                pass::recover(&mut house)?;
                let Peer { uid, name } = asker().clone();
                let name = name.unwrap_or_default();
                Ok(Self::Alone(Box::new(house), Actor::Operator { name, uid }))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Changes the key and stays until all is sealed anew. Who ends the command early loses nothing: the daemon
/// goes on by itself.
fn rotate_ledger(config: &Path, args: RotateLedgerArgs, json: bool) -> Result<(), CliError> {
    let keep_old = args.keep_old.map(absolute).transpose()?;
    let mut sealer = Sealer::find(config)?;
    let changed = sealer.ask(KeysCommand::RotateLedger { keep_old })?;
    tell(&changed, json)?;
    let shown = io::stderr().is_terminal();
    loop {
        let reply = sealer.ask(KeysCommand::Reseal)?;
        let KeysReply::Resealing { done, of, over } = reply else {
            return Ok(());
        };
        if over {
            if !json {
                print::line("All is sealed anew; the old key opens nothing here any more.")?;
            }
            return Ok(());
        }
        if shown {
            print::aside(format!("sealed anew: {done} of {of}"));
        }
        thread::sleep(BETWEEN);
    }
}

fn tell(reply: &KeysReply, json: bool) -> Result<(), CliError> {
    if json {
        return Ok(print::json(reply)?);
    }
    match reply {
        KeysReply::List { keys } => list(keys)?,
        KeysReply::Changed {
            key,
            old,
            new,
            day,
            next,
        } => {
            for old in old {
                print::line(format!("{:<10}before {old}", key.word()))?;
            }
            if let Some(new) = new {
                print::line(format!("{:<10}now    {new}", key.word()))?;
            }
            if let Some(day) = day {
                print::line(format!("{:<10}day    {day}", ""))?;
            }
            next.iter().try_for_each(print::line)?;
        }
        KeysReply::Resealing { done, of, .. } => {
            print::line(format!("sealed anew: {done} of {of}"))?;
        }
    }
    Ok(())
}

fn list(keys: &[KeyLine]) -> io::Result<()> {
    let row = |line: &KeyLine| {
        vec![
            line.key.word().to_owned(),
            state(line.state).to_owned(),
            line.day.map_or_else(String::new, |day| day.to_string()),
            line.place.clone().unwrap_or_default(),
            line.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = keys.iter().map(row).collect();
    print::table(&["key", "state", "day", "from", "fingerprint"], &rows)
}

fn state(state: KeyState) -> &'static str {
    match state {
        KeyState::Present => "present",
        KeyState::Coming => "serves from",
        KeyState::StillOpens => "still opens",
        KeyState::Retired => "retired",
        KeyState::Stolen => "stolen",
    }
}

/// From pipe to pipe: a key is never shown.
fn renew(args: &RenewArgs) -> Result<(), CliError> {
    if io::stdout().is_terminal() || io::stdin().is_terminal() {
        return Err(CliError::Refused {
            why: "keys are not shown on a terminal".to_owned(),
            next:
                "pipe the key in and out, as «pillarbox keys rotate» tells where it is a credential"
                    .to_owned(),
        });
    }
    let mut old = Zeroizing::new(Vec::with_capacity(LONGEST_KEY));
    io::stdin()
        .take(LONGEST_KEY as u64)
        .read_to_end(&mut old)
        .map_err(CliError::NotRead)?;
    let new = match (args.key, args.drop) {
        (RenewedKey::Intake, drop) => {
            let key = IntakeKey::parse(&old).map_err(FlowError::from)?;
            let today = time::OffsetDateTime::now_utc().date();
            if drop {
                key.without_earlier(Some(today)).0.to_text()
            } else {
                key.rotated(today + time::Duration::days(OVERLAP)).to_text()
            }
        }
        (RenewedKey::Ledger, drop) => {
            let key = LedgerKey::parse(&old).map_err(FlowError::from)?;
            if drop {
                key.without_earlier().to_text()
            } else {
                key.rotated()?.to_text()
            }
        }
    };
    Ok(print::bytes(new.as_bytes())?)
}

/// Between two questions how far it is.
const BETWEEN: Duration = Duration::from_millis(20);
/// In bytes.
const LONGEST_KEY: usize = 16 * 1024;
/// Days for which an earlier intake key is promised to open.
const OVERLAP: i64 = 90;
