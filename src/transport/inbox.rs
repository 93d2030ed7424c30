//! When a file that somebody else writes is complete: nobody has it open for writing, and it has rested
//! (spec 2, folder mode). Files that our own server handed over need none of this.

use std::{
    collections::HashSet,
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    path::Path,
    time::Duration,
};

use time::OffsetDateTime;

use crate::boxes::StatIdentity;

/// The files, of those that were asked about, which some process has open for writing.
#[derive(Debug, Default)]
pub struct Writers(HashSet<(u64, u64)>);

/// Whether a file may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Settled {
    /// Complete, as far as anybody can tell.
    Yes,
    /// A process has it open for writing.
    BeingWritten,
    /// It changed a moment ago; worth another look after this long.
    Fresh(Duration),
}

impl Writers {
    /// Looks through the processes of this machine, once a pass. Best effort: processes of other users
    /// don't show theirs to everybody, and a file server elsewhere has no process here. Costs nothing
    /// where there is nothing to ask about.
    pub fn among<'a>(files: impl IntoIterator<Item = &'a StatIdentity>) -> Self {
        let asked = files
            .into_iter()
            .map(|stat| (stat.dev, stat.ino))
            .collect::<HashSet<_>>();
        if asked.is_empty() {
            return Self::default();
        }
        let mut written = HashSet::new();
        for process in folder(Path::new("/proc")) {
            if process.bytes().all(|byte| byte.is_ascii_digit()) {
                look_at(&Path::new("/proc").join(process), &asked, &mut written);
            }
        }
        Self(written)
    }

    /// Whether this file was being written.
    pub fn write_to(&self, stat: &StatIdentity) -> bool {
        self.0.contains(&(stat.dev, stat.ino))
    }
}

/// Whether a file has rested for `settle` at `now`, by the machine's clock. The time of the last change
/// is the kernel's (`ctime`): clients set the other times as they like.
pub fn settled(
    stat: &StatIdentity,
    writers: &Writers,
    now: OffsetDateTime,
    settle: Duration,
) -> Settled {
    if writers.write_to(stat) {
        return Settled::BeingWritten;
    }
    // A change that lies ahead was made before somebody set the clock back: as old as it is ahead.
    let apart = (now.unix_timestamp_nanos() - stat.ctime_ns).unsigned_abs();
    match settle.as_nanos().checked_sub(apart) {
        None | Some(0) => Settled::Yes,
        Some(left) => Settled::Fresh(Duration::from_nanos(
            u64::try_from(left).unwrap_or(u64::MAX),
        )),
    }
}

/// Notes which of the files the process has open for writing.
fn look_at(process: &Path, asked: &HashSet<(u64, u64)>, written: &mut HashSet<(u64, u64)>) {
    let (handles, infos) = (process.join("fd"), process.join("fdinfo"));
    for handle in folder(&handles) {
        let Ok(file) = fs::metadata(handles.join(&handle)).as_ref().map(identity) else {
            continue;
        };
        if asked.contains(&file) && !written.contains(&file) && is_for_writing(&infos.join(handle))
        {
            written.insert(file);
        }
    }
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// Reads the `flags:` line of a handle: octal, the lowest two bits tell reading from writing.
fn is_for_writing(info: &Path) -> bool {
    let Ok(info) = fs::read_to_string(info) else {
        return false;
    };
    info.lines()
        .find_map(|line| line.strip_prefix("flags:"))
        .and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok())
        .is_some_and(|flags| flags & ACCESS != READ_ONLY)
}

/// The names in a folder of `/proc`; none where it went away or is not ours to see.
fn folder(path: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(path).ok().into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok())
}

/// The bits of open flags that tell how a file may be used (`O_ACCMODE`).
const ACCESS: u32 = 0o3;
/// Their value for reading only (`O_RDONLY`).
const READ_ONLY: u32 = 0;

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write};

    use super::*;
    use crate::boxes::{Entry, Folder};

    const SETTLE: Duration = Duration::from_secs(2);

    fn entry(folder: &Path) -> Entry {
        let folder = Folder::open(folder).unwrap();
        folder.entry("list.csv".as_ref()).unwrap().unwrap()
    }

    fn changed_at(stat: &StatIdentity) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(stat.ctime_ns).unwrap()
    }

    #[test]
    fn a_file_that_is_open_for_writing_is_not_complete() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("list.csv");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"a,b").unwrap();
        let stat = entry(dir.path()).stat;
        let later = changed_at(&stat) + 10 * SETTLE;
        let writers = Writers::among([&stat]);
        assert_eq!(
            settled(&stat, &writers, later, SETTLE),
            Settled::BeingWritten
        );
        drop(file);
        let reader = File::open(&path).unwrap();
        let writers = Writers::among([&stat]);
        assert_eq!(settled(&stat, &writers, later, SETTLE), Settled::Yes);
        drop(reader);
    }

    #[test]
    fn a_file_is_complete_when_it_has_rested() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("list.csv"), "a,b").unwrap();
        let stat = entry(dir.path()).stat;
        let after = |wait| settled(&stat, &Writers::default(), changed_at(&stat) + wait, SETTLE);
        assert_eq!(after(Duration::ZERO), Settled::Fresh(SETTLE));
        assert_eq!(after(SETTLE / 2), Settled::Fresh(SETTLE / 2));
        assert_eq!(after(SETTLE), Settled::Yes);
    }

    #[test]
    fn times_that_clients_set_and_clocks_set_back_hold_nothing_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("list.csv");
        let file = File::create(&path).unwrap();
        let ahead = std::time::SystemTime::now() + Duration::from_hours(24);
        file.set_modified(ahead).unwrap();
        let stat = entry(dir.path()).stat;
        let check = |now| settled(&stat, &Writers::default(), now, SETTLE);
        assert_eq!(check(changed_at(&stat) + SETTLE), Settled::Yes);
        assert_eq!(check(changed_at(&stat) - SETTLE), Settled::Yes);
    }
}
