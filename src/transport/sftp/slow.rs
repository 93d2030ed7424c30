//! Calls that may wait for a disk, or for somebody who waits for one. They leave the thread that carries
//! other sessions, and only they do: reads and writes of small files come from memory and go there.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// Does what may take long; the other sessions of this thread go on elsewhere meanwhile.
pub(super) fn slow<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}

/// Takes a lock whose holder may be waiting for a disk. Whoever has to wait for it leaves the thread to
/// others, or a few sessions of one school could stop those of all schools.
pub(super) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    match mutex.try_lock() {
        Ok(held) => held,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => {
            slow(|| mutex.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }
}
