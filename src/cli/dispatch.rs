//! From the command line to the verb that does what it says.

use std::{path::Path, process::ExitCode};

use clap::Parser;

use super::{
    args::{Line, Verb},
    audit, backup, check, completions, cores, demo,
    error::CliError,
    init, man, open, persons, print, queues, reader, release, restore, review, rights, run, school,
    status, unban, validate,
};
use crate::{config::Settings, flow::FlowError};

/// What runs until it is stopped: handed in by `main`, because floors import downwards only.
#[derive(Clone, Copy)]
pub struct Services {
    /// The daemon: settings, credentials, control socket.
    pub run: fn(Settings, Option<&Path>, &Path) -> Result<(), FlowError>,
    /// The SFTP front end alone: settings, credentials.
    pub sftp: fn(&Settings, Option<&Path>) -> Result<(), FlowError>,
}

/// Reads the command line, does what it says, and tells how it went.
pub fn main(services: Services) -> ExitCode {
    print::quiet_panics();
    cores::none();
    let line = Line::parse();
    match perform(line, services) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.tell(),
    }
}

pub(super) fn perform(line: Line, services: Services) -> Result<(), CliError> {
    let Line { config, json, verb } = line;
    match verb {
        Verb::Demo(args) => demo::demo(args),
        Verb::Init(args) => init::init(&args),
        Verb::Check => check::check(&config, json),
        Verb::Run(args) => run::run(&config, &args, services),
        Verb::Sftp => run::sftp(&config, services),
        Verb::School(verb) => school::school(&config, verb, json),
        Verb::Status(args) => status::status(&config, &args, json),
        Verb::Release(args) => release::release(&config, &args, json),
        Verb::Hold(args) => release::hold(&config, args, json),
        Verb::Resume(args) => release::resume(&config, &args, json),
        Verb::Request(verb) => queues::request(&config, verb, json),
        Verb::Review(verb) => review::review(&config, verb, json),
        Verb::Discrepancy(verb) => queues::discrepancy(&config, verb, json),
        Verb::Withdraw(args) => persons::withdraw(&config, args, json),
        Verb::Subject(args) => rights::subject(&config, args, json),
        Verb::Erase(args) => rights::erase(&config, args, json),
        Verb::Breach(args) => rights::breach(&config, args, json),
        Verb::Unban(args) => unban::unban(&config, &args, json),
        Verb::Validate(args) => validate::validate(&args, json),
        Verb::Open(args) => open::open(&args),
        Verb::Reader(args) => reader::reader(&args),
        Verb::Audit(verb) => audit::audit(&config, &verb, json),
        Verb::Restore(args) => restore::command(&config, &args, json),
        Verb::Backup(args) => backup::backup(&config, &args, json),
        Verb::Man(args) => man::man(&args),
        Verb::Completions(args) => completions::completions(&args),
    }
}
