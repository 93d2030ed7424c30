//! Why there is no reader: facts for an operator. What a file did to a reader is no error, but an answer to the
//! school that sent it.

use std::{fmt, io};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One thing that keeps the reader in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Limits on memory, processor time, files and processes (`setrlimit`).
    Limits,
    /// No way to more rights (`prctl`, `PR_SET_NO_NEW_PRIVS`).
    NoNewPrivileges,
    /// No files and no network, by the kernel's Landlock.
    Landlock,
    /// Few system calls, by the kernel's seccomp filter.
    Seccomp,
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Limits => "limits on memory and time (setrlimit)",
            Self::NoNewPrivileges => "no new privileges (prctl)",
            Self::Landlock => {
                "Landlock (Linux 5.13 or later, with `landlock` among /sys/kernel/security/lsm)"
            }
            Self::Seccomp => "seccomp filters (a kernel with CONFIG_SECCOMP_FILTER)",
        })
    }
}

/// Why no file can be read at present.
#[derive(Debug, Error)]
pub enum JailError {
    /// The kernel, or what we run in, does not give a piece of the jail.
    #[error(
        "the reader of uploads can't be locked in here: {piece} is missing ({error}). Uploads are not read without it; on a laptop with made-up data, `jail = \"none\"` under [reader] allows it"
    )]
    Missing {
        /// What is missing.
        piece: Piece,
        /// What the kernel said.
        error: io::Error,
    },
    /// A reader that should be locked in could do something all the same.
    #[error("the reader of uploads is locked in and could {could} all the same")]
    Leaks {
        /// What it could do.
        could: &'static str,
    },
    /// No process could be started.
    #[error("no reader of uploads could be started: {0}")]
    Start(#[source] io::Error),
    /// A process was started and said nothing that can be understood.
    #[error(
        "the reader of uploads did not start as it should (is the program of another version?)"
    )]
    Hello,
    /// It is time to stop; the file is read at the next start.
    #[error("the daemon is stopping; the upload is read at its next start")]
    Stopping,
    /// The memory for a file could not be had.
    #[error("an upload could not be handed to its reader: {0}")]
    HandOver(#[source] io::Error),
}
