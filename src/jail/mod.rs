//! Floor 2: where a school's bytes are parsed. A process of our own program gets an open file and a name, and
//! can do nothing but read the one and tell what it found: no files, no network, no other process, little
//! memory, little time. What kills it is one file, and the next one is read by another.
//!
//! ```text
//! daemon                                     reader (`pillarbox reader`)
//! Readers ─ a process for each core ─────▶  serve: confine, prove it, then one file after the other
//!   read: name, sealed memfd  ───────────▶    reading::contents
//!   rows or text, checked again  ◀────────    postcard, within a length
//! ```
//!
//! The pieces are Landlock, seccomp, limits on resources, and no new privileges; each reader proves them before
//! it gets its first byte. Where a piece can't be had, [`Readers::prove`] says which.

mod child;
mod confine;
mod error;
mod memory;
mod process;
mod proof;
mod readers;
mod wire;

pub use child::serve;
pub use error::{JailError, Piece};
pub use readers::{Bounds, Jail, Readers, THIS_PROGRAM};

#[cfg(test)]
mod tests;
