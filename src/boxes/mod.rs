//! Floor 2: the only room that publishes or removes files in a school's box.
