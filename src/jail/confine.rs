//! What a reader does to itself before it gets its first byte: each step takes something away for good.

use std::{fs, io};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError,
    Scope,
};
use rustix::{
    process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit},
    thread::set_no_new_privs,
};
use seccompiler::{TargetArch, apply_filter, compile_from_json};

use super::{
    error::Piece,
    proof::{self, Leak},
};

/// Why a reader is not locked in.
pub(super) enum NotConfined {
    Missing(Piece, io::Error),
    Leaks(Leak),
}

/// Locks this process in. From here on it reads what it is handed and answers, and nothing else.
pub(super) fn confine(most_memory: u64, most_seconds: u64) -> Result<(), NotConfined> {
    // Should the machine run out of memory, it is the reader that goes and not the daemon. Where the kernel
    // has no such file, there is nothing to say.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
    limit(most_memory, most_seconds).map_err(missing(Piece::Limits))?;
    set_no_new_privs(true).map_err(missing(Piece::NoNewPrivileges))?;
    landlock().map_err(|error| NotConfined::Missing(Piece::Landlock, io::Error::other(error)))?;
    proof::files_are_out_of_reach().map_err(NotConfined::Leaks)?;
    seccomp().map_err(|error| NotConfined::Missing(Piece::Seccomp, error))?;
    proof::nothing_is_in_reach().map_err(NotConfined::Leaks)
}

fn missing<E: Into<io::Error>>(piece: Piece) -> impl Fn(E) -> NotConfined {
    move |error| NotConfined::Missing(piece, error.into())
}

/// Memory and processor time; no file grows, no process is born, and none of what it reads stays in a core
/// file.
fn limit(most_memory: u64, most_seconds: u64) -> rustix::io::Result<()> {
    let limits = [
        (Resource::As, most_memory, most_memory),
        // At the first of the two the kernel says why it ends the process.
        (Resource::Cpu, most_seconds, most_seconds + 1),
        (Resource::Fsize, 0, 0),
        (Resource::Nproc, 0, 0),
        (Resource::Core, 0, 0),
        (Resource::Nofile, MOST_FILES, MOST_FILES),
    ];
    for (resource, current, maximum) in limits {
        let limit = Rlimit {
            current: Some(current),
            maximum: Some(maximum),
        };
        setrlimit(resource, limit)?;
    }
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
}

/// No rule is added, so that nothing is allowed: no file from Linux 5.13 on, which is asked for, and where the
/// kernel can, no connection and no signal to others either.
fn landlock() -> Result<(), RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()
        .map(drop)
}

fn seccomp() -> Result<(), io::Error> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    let filters = compile_from_json(SYSCALLS, arch).map_err(io::Error::other)?;
    let filter = filters.get("reader").ok_or(io::ErrorKind::NotFound)?;
    apply_filter(filter).map_err(io::Error::other)
}

/// The system calls that are left, as a list for whoever audits it.
const SYSCALLS: &[u8] = include_bytes!("syscalls.json");

/// File descriptors: the three of every process, the socket, and the file at hand.
const MOST_FILES: u64 = 8;
