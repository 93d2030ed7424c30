//! Floor 1: bytes to rows to domain values. Knows no files, no time, no ledger.
