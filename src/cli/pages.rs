//! The commands as people may type them: what manual pages and completions are made of. Knows no verb by name;
//! those that nobody types are left out.

use clap::{Command, CommandFactory as _};

use super::args::Line;

/// The whole command line without its hidden verbs.
pub(super) fn commands() -> Command {
    let line = Line::command();
    let shown = line.get_subcommands().filter(|verb| !verb.is_hide_set());
    let mut commands = Command::new("pillarbox")
        .version(env!("CARGO_PKG_VERSION"))
        .args(line.get_arguments().cloned())
        .subcommands(shown.cloned());
    if let Some(about) = line.get_about() {
        commands = commands.about(about.clone());
    }
    commands
}
