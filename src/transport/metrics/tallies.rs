//! What is counted as it happens, since this process started. The names stand in `docs/metrics.md`.

use std::{borrow::Cow, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Counters and durations. Counting takes no lock that anybody holds for long.
#[derive(Debug)]
pub struct Tallies {
    acts: Counted<1>,
    uploads: Counted<2>,
    rows: Counted<1>,
    releases: Counted<2>,
    held: Counted<1>,
    pupils: Counted<1>,
    readers: Counted<1>,
    receipt: Histogram,
    pass: Histogram,
}

/// Why an upload got no answer from its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderFailure {
    /// It broke it, or wanted more memory than there is for one.
    Broke,
    /// It took more time than any list does.
    TooSlow,
}

impl ReaderFailure {
    /// The word in logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Broke => "broke-reader",
            Self::TooSlow => "too-slow",
        }
    }
}

type Counted<const N: usize> = Family<[(&'static str, Cow<'static, str>); N], Counter>;

impl Tallies {
    /// Zero everywhere; each is told to the registry by its name.
    pub(super) fn new(registry: &mut Registry) -> Self {
        let tallies = Self {
            acts: Family::default(),
            uploads: Family::default(),
            rows: Family::default(),
            releases: Family::default(),
            held: Family::default(),
            pupils: Family::default(),
            readers: Family::default(),
            receipt: Histogram::new(RECEIPT_SECONDS),
            pass: Histogram::new(PASS_SECONDS),
        };
        tallies.register(registry);
        tallies.begin_at_zero();
        tallies
    }

    fn register(&self, all: &mut Registry) {
        all.register(
            "acts",
            "Acts that went into the trail, by the trail's word",
            self.acts.clone(),
        );
        all.register(
            "uploads",
            "Uploads judged, by kind of file and outcome",
            self.uploads.clone(),
        );
        all.register(
            "upload_rows",
            "Rows of judged uploads, by what became of them",
            self.rows.clone(),
        );
        all.register(
            "releases",
            "Releases made or held, by what asked for them",
            self.releases.clone(),
        );
        all.register(
            "releases_held",
            "Releases that were due and not made, by reason",
            self.held.clone(),
        );
        all.register(
            "release_pupils",
            "Pupils looked at in releases, by what became of them",
            self.pupils.clone(),
        );
        all.register(
            "reader_failures",
            "Uploads that got no answer from their reader, by reason",
            self.readers.clone(),
        );
        all.register_with_unit(
            "receipt",
            "From a file's arrival to its receipt in the box",
            Unit::Seconds,
            self.receipt.clone(),
        );
        all.register_with_unit(
            "pass",
            "One look at everything that may be due",
            Unit::Seconds,
            self.pass.clone(),
        );
    }

    /// What alerts look at is there before it first happens.
    fn begin_at_zero(&self) {
        for outcome in [
            "accepted",
            "accepted-with-errors",
            "rejected",
            "queued",
            "held",
        ] {
            drop(self.uploads.get_or_create(&two(
                "kind",
                "consent-list".into(),
                "outcome",
                outcome.into(),
            )));
        }
        for fate in ROWS {
            drop(self.rows.get_or_create(&one("fate", fate.into())));
        }
        for outcome in ["released", "held"] {
            drop(self.releases.get_or_create(&two(
                "trigger",
                "schedule".into(),
                "outcome",
                outcome.into(),
            )));
        }
        for fate in PUPILS {
            drop(self.pupils.get_or_create(&one("fate", fate.into())));
        }
        for why in [ReaderFailure::Broke, ReaderFailure::TooSlow] {
            drop(self.readers.get_or_create(&one("why", why.word().into())));
        }
    }

    /// An act went into the trail.
    pub fn act(&self, word: &'static str) {
        self.acts.get_or_create(&one("act", word.into())).inc();
    }

    /// An upload was judged.
    pub fn upload(&self, kind: &str, outcome: &str) {
        let labels = two(
            "kind",
            kind.to_owned().into(),
            "outcome",
            outcome.to_owned().into(),
        );
        self.uploads.get_or_create(&labels).inc();
    }

    /// Rows of an upload came to this; what is none of `ROWS` is not counted.
    pub fn rows(&self, fate: &str, number: u64) {
        add(&self.rows, &ROWS, fate, number);
    }

    /// A release was made or held.
    pub fn release(&self, trigger: &str, outcome: &'static str) {
        let labels = two(
            "trigger",
            trigger.to_owned().into(),
            "outcome",
            outcome.into(),
        );
        self.releases.get_or_create(&labels).inc();
    }

    /// A release was held, and why.
    pub fn release_held(&self, why: &str) {
        self.held
            .get_or_create(&one("why", why.to_owned().into()))
            .inc();
    }

    /// Pupils in a release came to this; what is none of `PUPILS` is not counted.
    pub fn pupils(&self, fate: &str, number: u64) {
        add(&self.pupils, &PUPILS, fate, number);
    }

    /// An upload got no answer from its reader, because it broke it or took too long.
    pub fn reader_failed(&self, why: ReaderFailure) {
        self.readers
            .get_or_create(&one("why", why.word().into()))
            .inc();
    }

    /// So long after it had arrived, an upload's receipt lay in the box.
    pub fn receipt(&self, after: Duration) {
        self.receipt.observe(after.as_secs_f64());
    }

    /// One look at everything took so long.
    pub fn pass(&self, took: Duration) {
        self.pass.observe(took.as_secs_f64());
    }
}

fn add(to: &Counted<1>, known: &[&'static str], fate: &str, number: u64) {
    if let Some(fate) = known.iter().find(|known| **known == fate) {
        to.get_or_create(&one("fate", (*fate).into()))
            .inc_by(number);
    }
}

fn one(key: &'static str, value: Cow<'static, str>) -> [(&'static str, Cow<'static, str>); 1] {
    [(key, value)]
}

fn two(
    key: &'static str,
    value: Cow<'static, str>,
    other: &'static str,
    other_value: Cow<'static, str>,
) -> [(&'static str, Cow<'static, str>); 2] {
    [(key, value), (other, other_value)]
}

/// What becomes of an upload's rows (spec 4).
const ROWS: [&str; 7] = [
    "consented",
    "not_consented",
    "withdrawn",
    "rejected",
    "new",
    "renewed",
    "lapsed",
];
/// What becomes of pupils in a release (spec 4).
const PUPILS: [&str; 6] = [
    "shared",
    "no_record",
    "ambiguous",
    "expired",
    "not_eligible",
    "held",
];
/// A receipt comes within 100 ms of the close (spec 11), and an alert rings after a minute.
const RECEIPT_SECONDS: [f64; 12] = [
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0,
];
/// A look at four thousand quiet schools takes a part of a second, a national release half a minute.
const PASS_SECONDS: [f64; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0];
