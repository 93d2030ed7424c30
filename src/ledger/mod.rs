//! Floor 2: the only room with SQL.
