//! `man`: manual pages from the definition that `--help` prints, with what no definition knows behind it: exit
//! codes, files and the environment.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use clap::Command;
use clap_mangen::Man;

use super::{args::ManArgs, error::CliError, pages::commands, print};

pub(super) fn man(args: &ManArgs) -> Result<(), CliError> {
    let mut line = commands().disable_help_subcommand(true);
    line.build();
    let Some(folder) = &args.folder else {
        return Ok(print::bytes(&page(&line)?)?);
    };
    fs::create_dir_all(folder).map_err(|source| CliError::file(folder, source))?;
    write(folder, &line)
}

/// A page for a command, and for each command beneath it.
fn write(folder: &Path, command: &Command) -> Result<(), CliError> {
    let path = folder.join(format!("{}.1", name(command)));
    fs::write(&path, page(command)?).map_err(|source| CliError::file(&path, source))?;
    command
        .get_subcommands()
        .try_for_each(|command| write(folder, command))
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone())
        .title(name(command))
        .section("1")
        .manual("Pillarbox")
        .source(concat!("pillarbox ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    if command.get_arguments().any(|arg| !arg.is_hide_set()) {
        man.render_options_section(&mut page)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    for (title, entries) in SECTIONS {
        section(&mut page, title, entries)?;
    }
    Ok(page)
}

fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

/// A list of terms with their meanings. Terms and meanings are ours, and hold nothing that roff would read.
fn section(page: &mut Vec<u8>, title: &str, entries: &[(&str, &str)]) -> io::Result<()> {
    writeln!(page, ".SH \"{title}\"")?;
    entries
        .iter()
        .try_for_each(|(term, meaning)| writeln!(page, ".TP\n\\fB{term}\\fR\n{meaning}"))
}

/// What every page ends with.
const SECTIONS: [(&str, &[(&str, &str)]); 3] = [
    (
        "EXIT STATUS",
        &[
            ("0", "Done."),
            (
                "1",
                "Failed, or refused: what stands in the way and the next step are on standard error.",
            ),
            ("2", "Wrong use: the command line could not be understood."),
            (
                "78",
                "Configuration: a setting, a school\\(aqs file, a key or the kernel\\(aqs jail is not as it must be.",
            ),
        ],
    ),
    (
        "FILES",
        &[
            (
                "/etc/pillarbox/pillarbox.toml",
                "The settings, each with its default and a sentence.",
            ),
            ("/etc/pillarbox/schools.d/", "One file a school."),
            (
                "/etc/pillarbox/keys/",
                "Secret keys: ledger.key, receipts, intake.age, host.",
            ),
            (
                "/var/lib/pillarbox/",
                "The ledger, sealed uploads, boxes and the council\\(aqs own box.",
            ),
            (
                "/run/pillarbox/control.sock",
                "Commands reach the running daemon here.",
            ),
            (
                "/etc/default/pillarbox",
                "The environment of the packaged services.",
            ),
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            (
                "PILLARBOX_CONFIG",
                "The settings file, in place of --config.",
            ),
            (
                "PILLARBOX_LOG",
                "How much is logged: error, warn, info (the default), debug or trace.",
            ),
            (
                "CREDENTIALS_DIRECTORY",
                "Where systemd laid credentials; keys are looked for there first.",
            ),
            (
                "RUNTIME_DIRECTORY",
                "Where the control socket is made, in place of the state folder.",
            ),
            (
                "NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS",
                "How systemd is told of the service and hands in sockets; see sd_notify(3), sd_listen_fds(3).",
            ),
        ],
    ),
];
