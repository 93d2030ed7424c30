//! Floor 1: sealing of single values under the ledger key, and keyed look-ups. Bytes only.
