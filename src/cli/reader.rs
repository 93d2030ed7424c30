//! `reader`: what the daemon starts to read uploads. Nobody says it by hand.

use std::{
    io,
    os::{fd::AsFd, unix::net::UnixStream},
};

use super::{args::ReaderArgs, error::CliError};
use crate::jail::serve;

/// Serves the daemon, which is at the other end of standard input.
pub(super) fn reader(args: &ReaderArgs) -> Result<(), CliError> {
    let daemon = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(serve(&UnixStream::from(daemon), args.memory, args.seconds)?)
}
