//! Which bytes of a file have been seen: all that were sent of an upload, all that were served of a
//! destination file. Requests may come in any order, and twice.

use std::collections::BTreeMap;

/// Stretches of a file that do not touch one another, by where they begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coverage(BTreeMap<u64, u64>);

impl Coverage {
    /// Adds the bytes from `start` up to `end`.
    pub(super) fn add(&mut self, mut start: u64, mut end: u64) {
        if start >= end {
            return;
        }
        // From the last stretch that begins no later than where the new one ends, backwards.
        while let Some((&from, &to)) = self.0.range(..=end).next_back() {
            if to < start {
                break;
            }
            start = start.min(from);
            end = end.max(to);
            self.0.remove(&from);
        }
        self.0.insert(start, end);
    }

    /// Forgets what lies behind `size`: the file was cut there.
    pub(super) fn cut(&mut self, size: u64) {
        self.0.split_off(&size);
        if let Some(mut last) = self.0.last_entry() {
            let end = last.get_mut();
            *end = size.min(*end);
        }
    }

    /// Whether all bytes of a file of this size are there, and none behind.
    pub(super) fn is_whole(&self, size: u64) -> bool {
        match self.0.first_key_value() {
            None => size == 0,
            Some((&start, &end)) => self.0.len() == 1 && start == 0 && end == size,
        }
    }

    /// Where the last stretch ends.
    pub(super) fn end(&self) -> u64 {
        self.0.last_key_value().map_or(0, |(_, end)| *end)
    }

    /// The stretches: where each begins, and where it ends.
    pub(super) fn stretches(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().map(|(start, end)| (*start, *end))
    }

    /// How many stretches there are: what a client may make us remember.
    pub(super) fn pieces(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_whole_when_its_last_gap_is_closed() {
        let mut coverage = Coverage::default();
        assert!(coverage.is_whole(0) && !coverage.is_whole(1));
        coverage.add(4, 8);
        coverage.add(0, 3);
        assert!(!coverage.is_whole(8));
        coverage.add(3, 4);
        assert!(coverage.is_whole(8) && !coverage.is_whole(9));
        assert_eq!((coverage.end(), coverage.pieces()), (8, 1));
        coverage.cut(5);
        assert!(coverage.is_whole(5));
    }

    proptest! {
        #[test]
        fn it_covers_what_was_added_in_any_order_and_nothing_else(
            stretches in prop::collection::vec((0_u64..64, 0_u64..16), 0..24),
            cut in 0_u64..80,
        ) {
            let (mut coverage, mut seen) = (Coverage::default(), [false; 96]);
            for (start, length) in stretches {
                coverage.add(start, start + length);
                for at in start..start + length {
                    seen[usize::try_from(at).unwrap()] = true;
                }
            }
            coverage.cut(cut);
            seen[usize::try_from(cut).unwrap()..].fill(false);
            let covered: Vec<bool> = (0..96)
                .map(|at| coverage.0.iter().any(|(start, end)| (*start..*end).contains(&at)))
                .collect();
            prop_assert_eq!(&covered[..], &seen[..]);
            let whole = seen.iter().position(|there| !there).unwrap_or(96) as u64;
            let beyond = seen.iter().rposition(|there| *there).map_or(0, |at| at as u64 + 1);
            prop_assert_eq!(coverage.is_whole(beyond), whole == beyond);
            for pair in coverage.0.iter().collect::<Vec<_>>().windows(2) {
                prop_assert!(pair[0].1 < pair[1].0);
            }
        }
    }
}
