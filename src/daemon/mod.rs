//! Floor 5: the long-running service.
