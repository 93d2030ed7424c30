//! Floor 5: commands, and words for people.
