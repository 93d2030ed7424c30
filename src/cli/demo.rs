//! `demo`.
use super::{args::DemoArgs, error::CliError};
pub(super) fn demo(_args: DemoArgs) -> Result<(), CliError> {
    Ok(())
}
