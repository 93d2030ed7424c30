//! Floor 2: TOML to typed settings.
