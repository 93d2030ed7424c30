//! Named steps at which a crash test stops the process as `kill -9` would, or lets one thread's work die.
//! Compiled in only with the feature `faults`; a release build holds none of it.

#[cfg(feature = "faults")]
use std::{cell::Cell, panic::resume_unwind};

/// Every step, in the order in which taking and releasing pass them.
pub const STEPS: &[&str] = &[
    "take-before-spool",
    "take-after-spool-before-sync",
    "take-after-sync-before-commit",
    "take-after-commit",
    "judge-before-commit",
    "judge-after-commit-before-receipt",
    "receipt-after-json-before-text",
    "receipt-after-publish-before-mark",
    "clear-before-remove",
    "clear-after-remove-before-mark",
    "handed-over-before-remove",
    "served-after-commit-before-remove",
    "release-before-stage",
    "release-after-stage-before-commit",
    "release-after-commit-before-reveal",
    "release-after-reveal-before-receipt",
    "release-after-receipt-before-mark",
    "release-after-mark-before-checkpoint-file",
    "checkpoint-before-file",
    "release-after-mark-before-superseded-removed",
    "recall-after-commit-before-remove",
    "notice-after-commit",
];

/// Steps of the work that keeps the house: of retention and archive.
pub const UPKEEP_STEPS: &[&str] = &[
    "archive-after-copy-before-commit",
    "archive-after-commit-before-remove",
    "receipts-after-remove-before-erase",
];

/// Steps of putting a backup back, and of looking at the time since.
pub const RESTORE_STEPS: &[&str] = &[
    "restore-before-spool",
    "restore-before-ledger",
    "restore-after-ledger",
    "reconcile-after-leap",
    "reconcile-between-acts",
    "reconcile-after-again",
    "reconcile-before-confirm",
];

/// What a test catches where [`die_at`] let the work of its thread die.
#[cfg(feature = "faults")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Died {
    /// The step.
    pub at: &'static str,
}

/// Lets what this thread does next die at this step, when it comes to it after having passed it so often:
/// the stack unwinds with [`Died`], and no more is done. None takes that back.
#[cfg(feature = "faults")]
pub fn die_at(step: Option<(&'static str, u32)>) {
    DYING.set(step);
}

#[cfg(feature = "faults")]
thread_local! {
    static DYING: Cell<Option<(&'static str, u32)>> = const { Cell::new(None) };
}

/// Stops the process here if `PILLARBOX_FAULT` names this step: no clean-up, no flushing.
#[cfg(feature = "faults")]
pub fn point(step: &'static str) {
    debug_assert!(
        STEPS.contains(&step) || UPKEEP_STEPS.contains(&step) || RESTORE_STEPS.contains(&step),
        "{step} is not in a list of steps"
    );
    match DYING.get() {
        Some((at, 0)) if at == step => {
            DYING.set(None);
            resume_unwind(Box::new(Died { at }));
        }
        Some((at, more)) if at == step => DYING.set(Some((at, more - 1))),
        Some(_) | None => {}
    }
    if std::env::var("PILLARBOX_FAULT").is_ok_and(|wanted| wanted == step) {
        std::process::abort();
    }
}

/// Nothing, in a build without the feature.
#[cfg(not(feature = "faults"))]
pub fn point(_step: &'static str) {}
