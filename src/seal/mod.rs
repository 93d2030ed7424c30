//! Floor 2: the only room with age and signing keys.
