//! The binary: the command line, with the daemon handed in.

use std::process::ExitCode;

fn main() -> ExitCode {
    pillarbox::cli::main(pillarbox::cli::Services {
        run: pillarbox::daemon::run,
        sftp: pillarbox::daemon::serve_sftp,
    })
}
