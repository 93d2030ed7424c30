//! What a client's path means. The tree has a root, its files, and a handful of folders with files, so a
//! path is one of a few places; none of it is ever handed to the kernel but a single name.

use super::visitor::Account;

/// A folder of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Area {
    /// Where a school puts files.
    Inbox,
    /// Where it collects them.
    Outbox,
    /// What was said of each.
    Receipts,
    /// Where the council's analysts put extracts.
    Extracts,
    /// What they read.
    Reports,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `/`.
    Root,
    /// A folder of the box.
    Area(Area),
    /// A file in such a folder, there or not.
    File(Area, Vec<u8>),
    /// A file beside the folders, there or not.
    RootFile(Vec<u8>),
    /// Deeper than anything here.
    Nowhere,
}

impl Area {
    /// The folders of a box.
    pub(super) fn all(account: Account) -> &'static [Self] {
        match account {
            Account::School(_) => &[Self::Inbox, Self::Outbox, Self::Receipts],
            Account::Council => &[Self::Extracts, Self::Reports],
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Receipts => "receipts",
            Self::Extracts => "extracts",
            Self::Reports => "reports",
        }
    }

    /// Whether files are put there.
    pub(super) fn takes(self) -> bool {
        matches!(self, Self::Inbox | Self::Extracts)
    }
}

impl Place {
    /// Reads a path. A relative one begins at the root, which is everybody's home, and `..` ends there.
    pub(super) fn of(path: &[u8], account: Account) -> Self {
        let steps = steps(path);
        match steps.as_slice() {
            [] => Self::Root,
            [one] => match area(one, account) {
                Some(area) => Self::Area(area),
                None => Self::RootFile(one.to_vec()),
            },
            [one, name] => match area(one, account) {
                Some(area) => Self::File(area, name.to_vec()),
                None => Self::Nowhere,
            },
            _ => Self::Nowhere,
        }
    }
}

/// The path without detours, from the root: what REALPATH answers, for names that are not there as well.
pub(super) fn canonical(path: &[u8]) -> Vec<u8> {
    let steps = steps(path);
    if steps.is_empty() {
        return b"/".to_vec();
    }
    steps
        .iter()
        .flat_map(|step| [b"/", *step].concat())
        .collect()
}

/// Whether a file that is read may have this name. What else is asked for is simply not there; the kernel
/// would only complain.
pub(super) fn may_be_there(name: &[u8]) -> bool {
    !name.starts_with(b".") && name.len() <= LONGEST_NAME && !name.contains(&0)
}

fn steps(path: &[u8]) -> Vec<&[u8]> {
    let mut steps = Vec::new();
    for step in path.split(|byte| *byte == b'/') {
        match step {
            b"" | b"." => {}
            b".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps
}

fn area(step: &[u8], account: Account) -> Option<Area> {
    let areas = Area::all(account).iter();
    areas.copied().find(|area| area.name().as_bytes() == step)
}

/// In bytes (spec 8).
pub(super) const LONGEST_NAME: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    fn school(path: &str) -> Place {
        let account = Account::School("8604001".parse().unwrap());
        Place::of(path.as_bytes(), account)
    }

    #[test]
    fn paths_lead_to_the_few_places_there_are() {
        assert_eq!(school(""), Place::Root);
        assert_eq!(school("/./"), Place::Root);
        assert_eq!(school("inbox"), Place::Area(Area::Inbox));
        assert_eq!(school("/outbox//"), Place::Area(Area::Outbox));
        assert_eq!(
            school("inbox/Liste Übung.csv"),
            Place::File(Area::Inbox, "Liste Übung.csv".into())
        );
        assert_eq!(school("/README.txt"), Place::RootFile("README.txt".into()));
        assert_eq!(school("/extracts"), Place::RootFile("extracts".into()));
        assert_eq!(school("/inbox/a/b"), Place::Nowhere);
        assert_eq!(school("/else/a"), Place::Nowhere);
    }

    #[test]
    fn no_path_leads_out_of_the_root() {
        assert_eq!(school("../../.."), Place::Root);
        assert_eq!(school("inbox/../../../etc/passwd"), Place::Nowhere);
        assert_eq!(
            school("/../../receipts/./x"),
            Place::File(Area::Receipts, "x".into())
        );
        assert_eq!(canonical(b"../../etc/./passwd/"), b"/etc/passwd");
        assert_eq!(canonical(b"."), b"/");
    }

    #[test]
    fn the_council_has_folders_of_its_own() {
        let place = Place::of(b"/extracts/a.csv", Account::Council);
        assert_eq!(place, Place::File(Area::Extracts, b"a.csv".to_vec()));
        assert_eq!(
            Place::of(b"/inbox", Account::Council),
            Place::RootFile(b"inbox".to_vec())
        );
    }
}
