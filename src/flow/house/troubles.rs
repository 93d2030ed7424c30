//! What does not work at present: told once when it begins, and once when it is over, however often it is
//! tried in between. One trouble keeps nothing else from being done.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    error::Error,
    time::{Duration, Instant},
};

use crate::flow::{Class, FlowError};

/// The troubles there are, by what was being done.
#[derive(Debug, Default)]
pub(super) struct Troubles(RefCell<BTreeMap<String, Trouble>>);

#[derive(Debug)]
struct Trouble {
    what: String,
    met: Instant,
}

impl Troubles {
    /// Something failed; it is tried again at the next pass.
    pub(super) fn met(&self, doing: &str, error: &FlowError) {
        let what = full_story(error);
        let trouble = Trouble {
            what: what.clone(),
            met: Instant::now(),
        };
        let known = self.0.borrow_mut().insert(doing.to_owned(), trouble);
        if known.is_some_and(|known| known.what == what) {
            return;
        }
        match error.class() {
            Class::Operator => {
                tracing::error!(doing, error = what, "this waits until it is mended");
            }
            Class::Transient => {
                tracing::warn!(doing, error = what, "this is tried again");
            }
        }
    }

    /// It went well.
    pub(super) fn over(&self, doing: &str) {
        if self.0.borrow_mut().remove(doing).is_some() {
            tracing::info!(doing, "this works again");
        }
    }

    /// Whether it failed so short a while ago that trying again would only wear the machine.
    pub(super) fn is_fresh(&self, doing: &str) -> bool {
        let troubles = self.0.borrow();
        troubles
            .get(doing)
            .is_some_and(|trouble| trouble.met.elapsed() < REST)
    }

    /// All there are, in sentences.
    pub(super) fn all(&self) -> Vec<String> {
        let troubles = self.0.borrow();
        troubles
            .iter()
            .map(|(doing, trouble)| format!("{doing}: {}", trouble.what))
            .collect()
    }
}

/// An error with its causes, each said once.
pub fn full_story(error: &dyn Error) -> String {
    let mut story = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let words = next.to_string();
        if !story.contains(&words) {
            story = format!("{story}: {words}");
        }
        cause = next.source();
    }
    story
}

/// Between two tries of what costs much.
const REST: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use std::{io, path::PathBuf};

    use super::*;

    fn error(kind: io::ErrorKind) -> FlowError {
        FlowError::Folder {
            path: PathBuf::from("/boxes"),
            source: kind.into(),
        }
    }

    #[test]
    fn a_trouble_stays_until_it_is_over() {
        let troubles = Troubles::default();
        troubles.met("releasing", &error(io::ErrorKind::StorageFull));
        troubles.met("releasing", &error(io::ErrorKind::StorageFull));
        troubles.over("taking uploads");
        assert_eq!(troubles.all().len(), 1);
        troubles.over("releasing");
        assert!(troubles.all().is_empty());
    }

    #[test]
    fn a_cause_that_was_said_is_not_said_twice() {
        let story = full_story(&error(io::ErrorKind::StorageFull));
        assert_eq!(story.matches("no storage space").count(), 1, "{story}");
    }
}
