//! The known word that someone probably meant.

/// The known word nearest to this one, if it is near enough to be a slip of typing: a third of its
/// letters at most.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word: Vec<char> = word.to_lowercase().replace('-', "_").chars().collect();
    if word.len() > LONGEST_WORD {
        return None;
    }
    known
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(distance, candidate)| distance * 3 <= candidate.len().max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be changed, added, left out or swapped with their neighbour.
fn distance(word: &[char], candidate: &str) -> usize {
    let candidate: Vec<char> = candidate.chars().collect();
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=candidate.len()).collect();
    for (row, &letter) in word.iter().enumerate() {
        let mut this = vec![row + 1];
        for (at, &other) in candidate.iter().enumerate() {
            let mut best = (last[at] + usize::from(letter != other))
                .min(last[at + 1] + 1)
                .min(this[at] + 1);
            let swapped =
                row > 0 && at > 0 && word[row - 1] == other && candidate[at - 1] == letter;
            if swapped {
                best = best.min(before_last[at - 1] + 1);
            }
            this.push(best);
        }
        before_last = last;
        last = this;
    }
    last[candidate.len()]
}

/// In letters. No key is longer, and the work grows with the length.
const LONGEST_WORD: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["linger", "settle", "max_bad_rows", "may", "year12_list"];

    #[test]
    fn a_slip_of_typing_finds_its_word() {
        for (typed, meant) in [
            ("lingre", "linger"),
            ("Linger", "linger"),
            ("max-bad-rows", "max_bad_rows"),
            ("max_badrows", "max_bad_rows"),
            ("year_12_list", "year12_list"),
            ("my", "may"),
        ] {
            assert_eq!(nearest(typed, KNOWN.into_iter()), Some(meant), "{typed}");
        }
    }

    #[test]
    fn another_word_finds_none() {
        for typed in ["", "timeout", "colour", &"x".repeat(100_000)] {
            assert_eq!(nearest(typed, KNOWN.into_iter()), None);
        }
    }
}
