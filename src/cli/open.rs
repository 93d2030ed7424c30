//! `open`: decrypts a destination file with a person's own key.

use std::{fs, path::Path};

use super::{args::OpenArgs, error::CliError, print, private_file::write_new};
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
