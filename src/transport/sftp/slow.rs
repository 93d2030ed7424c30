//! Calls that may wait for a disk. They leave the thread that carries other sessions, and only they do:
//! reads and writes of small files come from memory and go there.

/// Does what may take long; the other sessions of this thread go on elsewhere meanwhile.
pub(super) fn slow<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}
