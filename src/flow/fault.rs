//! Named steps at which a crash test stops the process as `kill -9` would. Compiled in only with the
//! feature `faults`; a release build holds none of it.

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

/// Stops the process here if `PILLARBOX_FAULT` names this step: no clean-up, no flushing.
#[cfg(feature = "faults")]
pub fn point(step: &'static str) {
    debug_assert!(
        STEPS.contains(&step) || UPKEEP_STEPS.contains(&step),
        "{step} is not in a list of steps"
    );
    if std::env::var("PILLARBOX_FAULT").is_ok_and(|wanted| wanted == step) {
        std::process::abort();
    }
}

/// Nothing, in a build without the feature.
#[cfg(not(feature = "faults"))]
pub fn point(_step: &'static str) {}
