//! Floor 3: how bytes come and go.
