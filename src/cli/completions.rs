//! `completions`: what a shell needs to complete commands and options.

use clap_complete::{Shell, generate};

use super::{
    args::{CompletionsArgs, ShellArg},
    error::CliError,
    pages::commands,
    print,
};

pub(super) fn completions(args: &CompletionsArgs) -> Result<(), CliError> {
    let shell = match args.shell {
        ShellArg::Bash => Shell::Bash,
        ShellArg::Zsh => Shell::Zsh,
        ShellArg::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    generate(shell, &mut commands(), "pillarbox", &mut script);
    Ok(print::bytes(&script)?)
}
