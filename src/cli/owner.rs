//! Root types a command: it becomes the owner of the state before it touches any of it, so that nothing there is
//! ever root's and the daemon can go on with all of it. Who asked is remembered from before.

use std::{fs, io, os::unix::fs::MetadataExt as _, sync::OnceLock};

use rustix::{
    fs::Mode,
    process::{Gid, Uid, geteuid, umask},
    thread::{
        CapabilitySet, CapabilitySets, capabilities, set_capabilities, set_keep_capabilities,
        set_thread_groups, set_thread_res_gid, set_thread_res_uid,
    },
};

use super::error::CliError;
use crate::{config::Folders, transport::control::Peer};

/// Who typed the command, whoever it became since.
pub(super) fn asker() -> &'static Peer {
    static ASKER: OnceLock<Peer> = OnceLock::new();
    ASKER.get_or_init(Peer::own)
}

/// Becomes the owner of the state for good, where root typed the command and the state is not root's. Its groups
/// are those of the folders, so that what it writes is of the right group.
pub(super) fn become_owner(folders: &Folders) -> Result<(), CliError> {
    asker();
    if !geteuid().is_root() {
        return Ok(());
    }
    let Ok(state) = fs::metadata(&folders.state) else {
        return Ok(());
    };
    if state.uid() == ROOT {
        return Ok(());
    }
    refuse_threads()?;
    let (user, group) = (Uid::from_raw(state.uid()), Gid::from_raw(state.gid()));
    // The kernel changes one thread at a time: this is the only one, and later ones are made from it.
    set_thread_groups(&groups(folders, group))
        .and_then(|()| set_thread_res_gid(group, group, group))
        .and_then(|()| set_keep_capabilities(true))
        .and_then(|()| set_thread_res_uid(user, user, user))
        .and_then(|()| set_keep_capabilities(false))
        .and_then(|()| keep_what_reads())
        .map_err(|error| CliError::Owner(error.into()))?;
    // Root's own may be anything; the daemon's is this one.
    umask(Mode::from_raw_mode(UMASK));
    Ok(())
}

/// What root was asked to look at it still may, as the service of folder mode: uploads that clients closed to others,
/// and who has one open. Neither writes, and no process that it starts inherits them.
fn keep_what_reads() -> rustix::io::Result<()> {
    let wanted = CapabilitySet::DAC_READ_SEARCH | CapabilitySet::SYS_PTRACE;
    let kept = capabilities(None)?.permitted & wanted;
    let sets = CapabilitySets {
        effective: kept,
        permitted: kept,
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, sets)
}

fn groups(folders: &Folders, own: Gid) -> Vec<Gid> {
    let shared = [&folders.boxes, &folders.front, &folders.schools];
    let found = shared
        .into_iter()
        .filter_map(|folder| Some(fs::metadata(folder).ok()?.gid()))
        .filter(|group| *group != ROOT)
        .map(Gid::from_raw);
    let mut groups: Vec<Gid> = found.chain([own]).collect();
    groups.sort_unstable_by_key(|group| group.as_raw());
    groups.dedup();
    groups
}

/// A thread that is there already would stay root.
fn refuse_threads() -> Result<(), CliError> {
    let threads = fs::read_dir("/proc/self/task").map_err(CliError::Owner)?;
    if threads.count() == 1 {
        Ok(())
    } else {
        Err(CliError::Owner(io::Error::other(
            "another thread runs already, a fault of this program",
        )))
    }
}

/// Root's number, as a user and as a group.
const ROOT: u32 = 0;
/// The owner writes, the group reads, others do neither: as `UMask=` in the service's unit.
const UMASK: u32 = 0o027;
