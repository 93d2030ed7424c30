//! Random bytes from the operating system, for keys and for names that nobody shall guess.

use thiserror::Error;

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomBytes;

/// `N` bytes that nobody can foretell.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomBytes> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomBytes)?;
    Ok(bytes)
}
