//! `open`: decrypts a destination file with a person's own key.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use super::{args::OpenArgs, error::CliError, print};
use crate::seal::open_file;

pub(super) fn open(args: &OpenArgs) -> Result<(), CliError> {
    let sealed = read(&args.file)?;
    let identity = read(&args.identity)?;
    // A key under a passphrase is for `age` or `ssh-keygen -p`: nothing here asks for one yet.
    let plain = open_file(&sealed, &identity, || None)?;
    match &args.output {
        None => Ok(print::bytes(&plain)?),
        Some(path) => write_new(path, &plain),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|source| CliError::File {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file that only its owner can read, and never over another.
fn write_new(path: &Path, plain: &[u8]) -> Result<(), CliError> {
    let failed = |source| CliError::File {
        path: path.to_owned(),
        source,
    };
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    file.write_all(plain).map_err(failed)
}
