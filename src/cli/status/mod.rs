//! `status`: what needs somebody first, then how things stand, then the schools. It needs nothing but the
//! settings: no key, no daemon.

mod backup;
mod clocks;
mod front;
mod look;
mod retention;
mod running;
mod school;
mod screen;
mod table;
mod todo;
mod watch;

use std::path::Path;

use self::{look::look, screen::screen, watch::watch};
use super::{args::StatusArgs, error::CliError, print};

/// Tells how things stand, once or until it is told to stop.
pub(super) fn status(config: &Path, args: &StatusArgs, json: bool) -> Result<(), CliError> {
    if args.watch {
        return watch(config, json);
    }
    let status = look(config)?;
    if json {
        return Ok(print::json(&status)?);
    }
    for line in screen(&status, watch::width()) {
        print::line(line)?;
    }
    Ok(())
}
