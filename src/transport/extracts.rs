//! The council's extracts: which of the files in `council/extracts/` are complete, and moving them out of
//! the front end's reach (spec 7). Knows names and times; what is in an extract is the reading room's.

use std::{cmp::Reverse, time::Duration};

use time::OffsetDateTime;

use super::inbox::{Settled, Writers, settled};
use crate::boxes::{BoxError, Entry, EntryKind, FileName, Folder, Moved};

/// What lies in the folder of extracts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The newest complete extract.
    pub extract: Option<Candidate>,
    /// The newest complete `year11*` file, which tells the Year 11 schools.
    pub year11: Option<Candidate>,
    /// Complete ones that a newer one supersedes.
    pub superseded: Vec<Entry>,
    /// How many are still coming; worth another look after this long.
    pub coming: Option<Duration>,
}

/// A complete file, and what its name says of its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The file.
    pub entry: Entry,
    /// What it is, by its name.
    pub form: Form,
    /// Encrypted to the intake key (`.age`).
    pub sealed: bool,
}

/// The form of an extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Separated text.
    Csv,
    /// A workbook.
    Xlsx,
}

/// A file that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The name under which it now lies.
    pub stored: FileName,
    /// The name that the council gave it, for receipts; it is no pupil's file.
    pub name: String,
    /// The file's own time, where neither the extract nor its name tells one.
    pub modified: OffsetDateTime,
}

/// Looks through the folder. `now` is the machine's clock, whatever time a rehearsal acts at.
pub fn look(folder: &Folder, now: OffsetDateTime, rest: Duration) -> Result<Found, BoxError> {
    let mut candidates = folder
        .scan()?
        .into_iter()
        .filter_map(candidate)
        .collect::<Vec<_>>();
    candidates.sort_by_key(|(_, candidate)| {
        let Entry { name, stat, .. } = &candidate.entry;
        Reverse((stat.ctime_ns, name.clone()))
    });
    let writers = Writers::among(
        candidates
            .iter()
            .map(|(_, candidate)| &candidate.entry.stat),
    );
    let mut found = Found::default();
    for (role, candidate) in candidates {
        match complete(&candidate.entry, &writers, now, rest) {
            Settled::Yes => found.add(role, candidate),
            Settled::BeingWritten => found.wait(rest),
            Settled::Fresh(left) => found.wait(left),
        }
    }
    Ok(found)
}

/// Moves a candidate into a folder that the front end can't reach, under this name. None where it
/// changed or went meanwhile.
pub fn take(
    candidate: &Candidate,
    from: &Folder,
    to: &Folder,
    name: &str,
) -> Result<Option<Taken>, BoxError> {
    let entry = &candidate.entry;
    let stored = FileName::parse(name).map_err(|source| BoxError::Name {
        folder: to.path().into(),
        source,
    })?;
    match from.move_to(entry, to, &stored)? {
        Moved::Moved => {}
        Moved::Changed | Moved::Gone => return Ok(None),
    }
    let modified = OffsetDateTime::from_unix_timestamp_nanos(entry.stat.mtime_ns);
    Ok(Some(Taken {
        stored,
        name: entry.name.to_string_lossy().into_owned(),
        modified: modified.unwrap_or(OffsetDateTime::UNIX_EPOCH),
    }))
}

/// What a file in the folder is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Extract,
    Year11,
}

impl Found {
    /// Candidates come newest first.
    fn add(&mut self, role: Role, candidate: Candidate) {
        let place = match role {
            Role::Extract => &mut self.extract,
            Role::Year11 => &mut self.year11,
        };
        match place {
            None => *place = Some(candidate),
            Some(_) => self.superseded.push(candidate.entry),
        }
    }

    fn wait(&mut self, left: Duration) {
        self.coming = Some(self.coming.map_or(left, |wait| wait.min(left)));
    }
}

impl Form {
    fn ending(self) -> &'static str {
        match self {
            Self::Csv => ".csv",
            Self::Xlsx => ".xlsx",
        }
    }
}

impl Role {
    fn stem(self) -> &'static str {
        match self {
            Self::Extract => "extract",
            Self::Year11 => "year11",
        }
    }
}

/// What a name says; none for links, folders, hidden and unfinished names, and other kinds of file.
fn candidate(entry: Entry) -> Option<(Role, Candidate)> {
    if entry.kind != EntryKind::File {
        return None;
    }
    let name = entry.name.to_str()?.to_lowercase();
    if name.starts_with(['.', '~']) {
        return None;
    }
    let (plain, sealed) = match name.strip_suffix(SEALED) {
        Some(plain) => (plain, true),
        None => (name.as_str(), false),
    };
    let form = [Form::Csv, Form::Xlsx]
        .into_iter()
        .find(|form| plain.ends_with(form.ending()))?;
    let role = role_of(plain);
    if role == Role::Year11 && form != Form::Csv {
        return None;
    }
    let candidate = Candidate {
        entry,
        form,
        sealed,
    };
    Some((role, candidate))
}

fn role_of(name: &str) -> Role {
    if name.starts_with(Role::Year11.stem()) {
        Role::Year11
    } else {
        Role::Extract
    }
}

/// Complete: nobody writes to it, and it was renamed into place, or it has rested. A write sets both times
/// at once and a rename only the one, so that the name is younger than the bytes.
fn complete(entry: &Entry, writers: &Writers, now: OffsetDateTime, rest: Duration) -> Settled {
    let stat = &entry.stat;
    match settled(stat, writers, now, rest) {
        Settled::Fresh(_) if stat.ctime_ns > stat.mtime_ns => Settled::Yes,
        answer => answer,
    }
}

/// What encrypted files end in.
const SEALED: &str = ".age";

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File},
        io::Write,
        os::unix::fs::symlink,
        path::Path,
        thread::sleep,
    };

    use super::*;

    const REST: Duration = Duration::from_mins(1);

    fn later() -> OffsetDateTime {
        OffsetDateTime::now_utc() + 2 * REST
    }

    fn folder(path: &Path) -> Folder {
        Folder::open(path).unwrap()
    }

    fn name(candidate: Option<&Candidate>) -> Option<&str> {
        candidate.and_then(|candidate| candidate.entry.name.to_str())
    }

    #[test]
    fn the_newest_complete_extract_counts_and_the_others_are_superseded() {
        let dir = tempfile::tempdir().unwrap();
        for file in [
            "NCCIS-1.csv",
            "year11-1.csv",
            "NCCIS-2.XLSX.age",
            "Year11 2026.csv",
        ] {
            fs::write(dir.path().join(file), "x").unwrap();
            sleep(Duration::from_millis(20));
        }
        let found = look(&folder(dir.path()), later(), REST).unwrap();
        assert_eq!(name(found.extract.as_ref()), Some("NCCIS-2.XLSX.age"));
        assert_eq!(name(found.year11.as_ref()), Some("Year11 2026.csv"));
        let mut superseded = found
            .superseded
            .iter()
            .map(|entry| entry.name.to_str())
            .collect::<Vec<_>>();
        superseded.sort();
        assert_eq!(superseded, [Some("NCCIS-1.csv"), Some("year11-1.csv")]);
        assert_eq!(found.coming, None);
        let extract = found.extract.unwrap();
        assert_eq!((extract.form, extract.sealed), (Form::Xlsx, true));
    }

    #[test]
    fn a_file_just_written_rests_first_and_one_renamed_into_place_does_not() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.csv"), "x").unwrap();
        let now = OffsetDateTime::now_utc();
        let found = look(&folder(dir.path()), now, REST).unwrap();
        assert_eq!(found.extract, None);
        assert!(found.coming.unwrap() <= REST);
        sleep(Duration::from_millis(20));
        fs::rename(dir.path().join("a.csv"), dir.path().join("b.csv")).unwrap();
        let found = look(&folder(dir.path()), OffsetDateTime::now_utc(), REST).unwrap();
        assert_eq!(name(found.extract.as_ref()), Some("b.csv"));
    }

    #[test]
    fn a_file_that_is_being_written_waits_and_an_earlier_one_serves_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.csv"), "x").unwrap();
        sleep(Duration::from_millis(20));
        let mut writer = File::create(dir.path().join("b.csv")).unwrap();
        writer.write_all(b"x").unwrap();
        let found = look(&folder(dir.path()), later(), REST).unwrap();
        assert_eq!(name(found.extract.as_ref()), Some("a.csv"));
        assert_eq!(found.coming, Some(REST));
    }

    #[test]
    fn links_hidden_names_and_other_kinds_are_ignored() {
        let dir = tempfile::tempdir().unwrap();
        for file in [
            ".a.csv",
            "~$a.xlsx",
            "a.csv.filepart",
            "a.txt",
            "year11.xlsx",
            "notes.age",
        ] {
            fs::write(dir.path().join(file), "x").unwrap();
        }
        symlink("/etc/passwd", dir.path().join("link.csv")).unwrap();
        fs::create_dir(dir.path().join("folder.csv")).unwrap();
        assert_eq!(
            look(&folder(dir.path()), later(), REST).unwrap(),
            Found::default()
        );
    }

    #[test]
    fn a_taken_extract_lies_under_a_name_of_ours() {
        let dir = tempfile::tempdir().unwrap();
        let root = folder(dir.path());
        let [from, to] = ["extracts", "E1"].map(|name| root.ensure(name, 0o700).unwrap());
        let path = dir.path().join("extracts/Year11 Sept.CSV.age");
        fs::write(path, "x").unwrap();
        let found = look(&from, later(), REST).unwrap().year11.unwrap();
        let taken = take(&found, &from, &to, "taken").unwrap().unwrap();
        assert_eq!(taken.stored.as_str(), "taken");
        assert_eq!(taken.name, "Year11 Sept.CSV.age");
        assert_eq!(to.read(&taken.stored).unwrap().unwrap().as_slice(), b"x");
        assert!(from.names().unwrap().is_empty());
        assert_eq!(take(&found, &from, &to, "taken").unwrap(), None);
    }
}
