//! `open`: decrypts a destination file with a person's own key.

use std::{fs, path::Path};

use super::{args::OpenArgs, asking::passphrase, error::CliError, print, private_file::write_new};
use crate::seal::open_file;

pub(super) fn open(args: &OpenArgs) -> Result<(), CliError> {
    let sealed = read(&args.file)?;
    let identity = read(&args.identity)?;
    let plain = open_file(&sealed, &identity, passphrase)?;
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
