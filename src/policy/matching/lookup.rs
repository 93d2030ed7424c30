//! From a hash to the pupils that have it: sorted pairs with a directory of their first bits. Compact,
//! immutable, shared between threads; knows nothing of what was hashed.

/// Pairs of hash and number, found by hash.
pub(super) struct Lookup {
    shift: u32,
    /// Where the pairs begin whose hash starts with these bits; one more at the end.
    starts: Vec<u32>,
    pairs: Vec<(u64, u32)>,
}

impl Lookup {
    /// Sorts the pairs; several may share a hash.
    pub(super) fn new(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.shrink_to_fit();
        let bits = (usize::BITS - pairs.len().leading_zeros()).clamp(1, MOST_BITS);
        let mut lookup = Self {
            shift: u64::BITS - bits,
            starts: vec![0; (1 << bits) + 1],
            pairs,
        };
        for at in 0..lookup.pairs.len() {
            let bucket = lookup.bucket(lookup.pairs[at].0);
            lookup.starts[bucket + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut lookup.starts {
            sum += *start;
            *start = sum;
        }
        lookup
    }

    /// The numbers with this hash.
    pub(super) fn find(&self, hash: u64) -> impl Iterator<Item = u32> {
        let bucket = self.bucket(hash);
        let span = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
        self.pairs[span]
            .iter()
            .filter(move |pair| pair.0 == hash)
            .map(|pair| pair.1)
    }

    /// Runs of two or more pairs with one hash.
    pub(super) fn shared(&self) -> impl Iterator<Item = &[(u64, u32)]> {
        self.pairs
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|run| run.len() > 1)
    }

    /// True if there is nothing to find.
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the shift leaves at most MOST_BITS bits"
    )]
    fn bucket(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }
}

/// The directory's largest size as a power of two: 2^24 entries of 4 bytes serve tens of millions.
const MOST_BITS: u32 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_numbers_of_a_hash_are_found_and_no_others() {
        let pairs =
            (0..1000_u32).map(|n| (u64::from(n / 3).wrapping_mul(0x9e37_79b9_7f4a_7c15), n));
        let lookup = Lookup::new(pairs.collect());
        for n in 0..333_u64 {
            let found: Vec<u32> = lookup.find(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
            let n = u32::try_from(n).unwrap();
            assert_eq!(found, [3 * n, 3 * n + 1, 3 * n + 2]);
        }
        assert_eq!(lookup.find(42).count(), 0);
        assert_eq!(lookup.shared().count(), 333);
    }

    #[test]
    fn an_empty_lookup_finds_nothing() {
        let lookup = Lookup::new(Vec::new());
        assert!(lookup.is_empty());
        assert_eq!(lookup.find(0).count() + lookup.find(u64::MAX).count(), 0);
    }
}
