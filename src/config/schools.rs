//! All schools of `schools.d/`, read again without a restart. A file that is wrong never takes a
//! school's last good state away, and a file that has gone never leaves a school in force.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::domain::{ids::SchoolId, school::School};

use super::{
    complaint::{Complaint, Severity},
    reading_school::read_school,
};

/// The schools by id. Cheap to clone and to hold on to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schools(BTreeMap<SchoolId, Arc<School>>);

/// What reading `schools.d/` again has led to.
#[derive(Clone, Debug)]
#[must_use]
pub struct Reloaded {
    /// The schools from now on.
    pub schools: Schools,
    /// What is wrong with the folder as it is now: to be said loudly, every time.
    pub complaints: Vec<Complaint>,
    /// The schools that are new or not as they were, those whose file has gone included.
    pub changed: Vec<SchoolId>,
}

impl Schools {
    /// Reads every `*.toml` of the folder. A school whose file is wrong is not among the schools.
    pub fn load(folder: &Path) -> (Self, Vec<Complaint>) {
        let reloaded = Self::default().reload(folder);
        (reloaded.schools, reloaded.complaints)
    }

    /// The same where these schools are known from before: one whose file has gone is suspended and
    /// without persons, as if it had gone meanwhile. One whose file is wrong is not among the schools.
    pub fn load_with(
        folder: &Path,
        known: impl IntoIterator<Item = SchoolId>,
    ) -> (Self, Vec<Complaint>) {
        let (mut schools, mut complaints) = Self::load(folder);
        for id in known {
            let file = folder.join(format!("{id}.toml"));
            // A folder that can't be looked at takes no school away.
            let has_gone = matches!(file.try_exists(), Ok(false)) && folder.is_dir();
            if let (btree_map::Entry::Vacant(place), true) = (schools.0.entry(id), has_gone) {
                place.insert(Arc::new(School::unknown(id)));
                complaints.push(file_gone(folder, id));
            }
        }
        (schools, complaints)
    }

    /// Reads the folder again. Each file is judged on its own:
    ///
    /// - A file that is wrong or can't be read keeps the school as it was; so does a folder that
    ///   can't be read keep all of them.
    /// - A file that has gone leaves its school suspended and without persons: nothing is shared,
    ///   the outbox is emptied, and nobody is left whom the council authorised to log in. The
    ///   school itself is kept, so that what is open with it can be brought to an end.
    ///
    /// Some editors take a file away for a moment when they save it: read again only once the
    /// folder has been quiet for a second or two.
    pub fn reload(&self, folder: &Path) -> Reloaded {
        let files = match school_files(folder) {
            Ok(files) => files,
            Err(error) => return self.kept_for(folder, &error),
        };
        let mut complaints = Vec::new();
        let mut schools = BTreeMap::new();
        for file in files {
            match read_school(&file) {
                Ok((school, warnings)) => {
                    complaints.extend(warnings);
                    let school = self.same_or(school);
                    schools.insert(school.id, school);
                }
                Err(wrong) => {
                    complaints.extend(wrong.into_vec());
                    schools.extend(self.last_good(&file, &mut complaints));
                }
            }
        }
        for (id, school) in &self.0 {
            if let btree_map::Entry::Vacant(gone) = schools.entry(*id) {
                gone.insert(self.same_or(without_file(school)));
                complaints.push(file_gone(folder, *id));
            }
        }
        let schools = Self(schools);
        Reloaded {
            changed: self.changes_to(&schools),
            schools,
            complaints,
        }
    }

    /// The school with this id.
    pub fn of(&self, id: SchoolId) -> Option<&Arc<School>> {
        self.0.get(&id)
    }

    /// All schools by id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<School>> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The school that we hold already where it is equal, so that nothing is kept twice.
    fn same_or(&self, school: School) -> Arc<School> {
        match self.of(school.id) {
            Some(known) if **known == school => Arc::clone(known),
            _ => Arc::new(school),
        }
    }

    fn last_good(
        &self,
        file: &Path,
        complaints: &mut Vec<Complaint>,
    ) -> Option<(SchoolId, Arc<School>)> {
        let id: SchoolId = file.file_stem()?.to_str()?.parse().ok()?;
        let school = self.of(id)?;
        complaints.push(Complaint::of_file(
            file,
            Severity::Warning,
            "the school stays as it was when its file was last right",
            "mend the file",
        ));
        Some((id, Arc::clone(school)))
    }

    fn kept_for(&self, folder: &Path, error: &io::Error) -> Reloaded {
        Reloaded {
            schools: self.clone(),
            complaints: vec![Complaint::of_file(
                folder,
                Severity::Error,
                format!("the folder of schools cannot be read: {}", error.kind()),
                "make it, and let the user that Pillarbox runs as read it",
            )],
            changed: Vec::new(),
        }
    }

    fn changes_to(&self, new: &Self) -> Vec<SchoolId> {
        let ids: BTreeSet<SchoolId> = self.0.keys().chain(new.0.keys()).copied().collect();
        ids.into_iter()
            .filter(|id| self.of(*id) != new.of(*id))
            .collect()
    }
}

impl FromIterator<School> for Schools {
    fn from_iter<I: IntoIterator<Item = School>>(schools: I) -> Self {
        let by_id = |school: School| (school.id, Arc::new(school));
        Self(schools.into_iter().map(by_id).collect())
    }
}

/// What the folder of schools is like: another number where a school's file came, went or changed.
pub fn folder_state(folder: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in school_files(folder).unwrap_or_default() {
        let stat = fs::metadata(&file).map(|m| (m.ino(), m.ctime(), m.ctime_nsec(), m.len()));
        (file, stat.ok()).hash(&mut hasher);
    }
    hasher.finish()
}

/// The files that are schools' by their names, sorted. Editors' copies and hidden files are not.
fn school_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        let hidden = file
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden
            && file
                .extension()
                .is_some_and(|extension| extension == "toml")
        {
            files.push(file);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn without_file(school: &School) -> School {
    School {
        suspended: true,
        persons: Vec::new(),
        ..school.clone()
    }
}

fn file_gone(folder: &Path, id: SchoolId) -> Complaint {
    Complaint::of_file(
        &folder.join(format!("{id}.toml")),
        Severity::Warning,
        "the file has gone: the school is suspended and nobody can log in for it",
        "put the file back; to end an agreement use `pillarbox school terminate`",
    )
}

#[cfg(test)]
mod tests {
    use tempfile::{TempDir, tempdir};

    use super::*;

    fn folder() -> TempDir {
        let folder = tempdir().unwrap();
        write(&folder, "8604001", "name = \"One\"");
        write(
            &folder,
            "8604002",
            "name = \"Two\"\n[[person]]\nname = \"Sam\"\nuntil = 2030-01-01",
        );
        folder
    }

    fn write(folder: &TempDir, id: &str, rest: &str) {
        let text = format!("id = \"{id}\"\n{rest}\n");
        fs::write(folder.path().join(format!("{id}.toml")), text).unwrap();
    }

    fn id(text: &str) -> SchoolId {
        text.parse().unwrap()
    }

    #[test]
    fn each_file_is_judged_on_its_own() {
        let folder = folder();
        write(&folder, "8604003", "nme = \"Three\"");
        fs::write(folder.path().join("8604004.toml~"), "not for us").unwrap();
        fs::write(folder.path().join(".8604005.toml"), "not for us").unwrap();
        let (schools, complaints) = Schools::load(folder.path());
        assert_eq!(schools.len(), 2);
        assert_eq!(complaints.len(), 2);
    }

    #[test]
    fn a_changed_file_changes_its_school_and_no_other() {
        let folder = folder();
        let (schools, _) = Schools::load(folder.path());
        let untouched = schools.reload(folder.path());
        assert_eq!(untouched.changed, []);
        write(&folder, "8604001", "name = \"One and only\"");
        write(&folder, "8604003", "name = \"Three\"");
        let reloaded = schools.reload(folder.path());
        assert_eq!(reloaded.changed, [id("8604001"), id("8604003")]);
        assert_eq!(
            reloaded.schools.of(id("8604001")).unwrap().name,
            "One and only"
        );
    }

    #[test]
    fn a_broken_file_keeps_the_last_good_state_and_says_so() {
        let folder = folder();
        let (schools, _) = Schools::load(folder.path());
        write(&folder, "8604002", "name = ");
        let reloaded = schools.reload(folder.path());
        assert_eq!(reloaded.changed, []);
        assert_eq!(reloaded.schools, schools);
        assert!(
            reloaded
                .complaints
                .iter()
                .any(|c| c.severity == Severity::Error)
        );
        assert!(
            reloaded
                .complaints
                .iter()
                .any(|c| c.what.contains("stays as it was"))
        );
    }

    #[test]
    fn a_vanished_file_suspends_the_school_until_it_is_back() {
        let folder = folder();
        let (schools, _) = Schools::load(folder.path());
        fs::rename(
            folder.path().join("8604002.toml"),
            folder.path().join("kept-elsewhere"),
        )
        .unwrap();
        let gone = schools.reload(folder.path());
        assert_eq!(gone.changed, [id("8604002")]);
        let school = gone.schools.of(id("8604002")).unwrap();
        assert!(school.suspended && school.persons.is_empty());
        let still_gone = gone.schools.reload(folder.path());
        assert_eq!(still_gone.changed, []);
        assert_eq!(still_gone.complaints.len(), 1);
        write(&folder, "8604002", "name = \"Two\"");
        let back = still_gone.schools.reload(folder.path());
        assert_eq!(back.changed, [id("8604002")]);
        assert!(!back.schools.of(id("8604002")).unwrap().suspended);
    }

    #[test]
    fn a_school_with_a_box_and_no_file_is_suspended_from_the_start() {
        let folder = folder();
        write(&folder, "8604003", "name = ");
        let known = ["8604001", "8604003", "8604009"].map(id);
        let (schools, complaints) = Schools::load_with(folder.path(), known);
        assert!(schools.of(id("8604009")).unwrap().suspended);
        assert!(!schools.of(id("8604001")).unwrap().suspended);
        assert!(schools.of(id("8604003")).is_none());
        assert!(complaints.iter().any(|c| c.what.contains("has gone")));
        let missing = folder.path().join("missing");
        assert!(Schools::load_with(&missing, known).0.is_empty());
    }

    #[test]
    fn a_folder_that_cannot_be_read_keeps_every_school() {
        let folder = folder();
        let (schools, _) = Schools::load(folder.path());
        let reloaded = schools.reload(&folder.path().join("missing"));
        assert_eq!(reloaded.schools, schools);
        assert_eq!(reloaded.changed, []);
        assert_eq!(reloaded.complaints.len(), 1);
    }
}
