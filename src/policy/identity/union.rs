//! Sets of pupils that are one: united by what they share, and kept apart by what contradicts.

use super::Traits;
use crate::domain::identifiers::{Uln, Upn};

/// Sets of places that are one pupil.
pub(super) struct Union {
    parent: Vec<usize>,
    /// What the members of a set tell, at the set's first place.
    marks: Vec<Marks>,
}

/// What can keep two sets apart.
#[derive(Clone, Copy, Default)]
pub(super) struct Marks {
    pub(super) upn: Option<Upn>,
    pub(super) uln: Option<Uln>,
    /// The pupil of the list.
    row: Option<usize>,
}

impl Union {
    pub(super) fn of(all: &[&Traits]) -> Self {
        let marks = all.iter().map(|one| Marks {
            upn: one.upn,
            uln: one.uln,
            row: None,
        });
        Self {
            parent: (0..all.len()).collect(),
            marks: marks.collect(),
        }
    }

    pub(super) fn first(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    /// From now on, no two sets unite that have members from this place on.
    pub(super) fn keep_apart(&mut self, listed: usize) {
        for at in listed..self.parent.len() {
            let first = self.first(at);
            self.marks[first].row = Some(first);
        }
    }

    /// Makes one pupil of all members, unless two of them are two pupils: then of none.
    pub(super) fn join(
        &mut self,
        members: impl Iterator<Item = usize> + Clone,
        contradict: impl Fn(Marks, Marks) -> bool,
    ) {
        let mut seen = Marks::default();
        for member in members.clone() {
            let first = self.first(member);
            let marks = self.marks[first];
            if differ(seen.row, marks.row) || contradict(seen, marks) {
                return;
            }
            seen = seen.and(marks);
        }
        let mut members = members;
        let Some(mut first) = members.next() else {
            return;
        };
        for other in members {
            first = self.merge(first, other);
        }
    }

    fn merge(&mut self, a: usize, b: usize) -> usize {
        let (a, b) = (self.first(a), self.first(b));
        let (low, high) = (a.min(b), a.max(b));
        if low != high {
            self.parent[high] = low;
            self.marks[low] = self.marks[low].and(self.marks[high]);
        }
        low
    }
}

impl Marks {
    fn and(self, other: Self) -> Self {
        Self {
            upn: either(self.upn, other.upn),
            uln: either(self.uln, other.uln),
            row: either(self.row, other.row),
        }
    }
}

pub(super) fn differ<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a != b)
}

/// What is told by one of two; where both tell, the lesser, whatever their order.
fn either<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
