//! Looking for what must not be there: many needles in many bytes, whatever their case.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use crate::pupils::Pupil;

/// What must not be found: words, dates, numbers, names of files, keys.
pub(crate) struct Needles {
    /// By their first two bytes, then by length.
    by_start: Vec<Option<HashMap<usize, HashSet<Vec<u8>>>>>,
    pub(crate) number: usize,
}

/// What was looked through.
#[derive(Default)]
pub(crate) struct Looked {
    pub(crate) bytes: usize,
    pub(crate) files: usize,
    /// Where, and what.
    pub(crate) hits: Vec<(String, String)>,
}

impl Needles {
    pub(crate) fn new() -> Self {
        Self {
            by_start: vec![None; 1 << 16],
            number: 0,
        }
    }

    /// One more; it has at least eight bytes, or it would be found by chance.
    pub(crate) fn add(&mut self, needle: &str) {
        let needle = needle.to_ascii_lowercase().into_bytes();
        assert!(needle.len() >= 8, "too short: {}", needle.escape_ascii());
        let place = self.by_start[start(&needle)].get_or_insert_default();
        self.number += usize::from(place.entry(needle.len()).or_default().insert(needle));
    }

    /// A pupil: names, numbers, and the date of birth as people and programs write it.
    pub(crate) fn add_pupil(&mut self, pupil: &Pupil) {
        for needle in [&pupil.forename, &pupil.surname, &pupil.upn, &pupil.uln] {
            self.add(needle);
        }
        for date in written(&pupil.born) {
            self.add(&date);
        }
    }

    /// Every needle in these bytes. Numbers and dates count where they stand alone: a hash holds many digits.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let bytes = bytes.to_ascii_lowercase();
        let mut found = Vec::new();
        for at in 0..bytes.len().saturating_sub(7) {
            let Some(place) = &self.by_start[start(&bytes[at..])] else {
                continue;
            };
            for (length, needles) in place {
                let Some(here) = bytes.get(at..at + length) else {
                    continue;
                };
                let digits = here[1..4].iter().any(u8::is_ascii_digit);
                let alone = !digits || stands_alone(&bytes, at, *length);
                if alone && needles.contains(here) {
                    found.push(String::from_utf8_lossy(here).into_owned());
                }
            }
        }
        found
    }

    /// Looks through these bytes.
    pub(crate) fn look(&self, what: &str, bytes: &[u8], looked: &mut Looked) {
        looked.bytes += bytes.len();
        looked.files += 1;
        let found = self.found_in(bytes);
        // A name that is there is there often.
        let first = found.into_iter().take(3);
        looked
            .hits
            .extend(first.map(|needle| (what.to_owned(), needle)));
    }

    /// Looks through every file beneath a folder, and at its name, but for what `skip` names.
    pub(crate) fn look_beneath(
        &self,
        folder: &Path,
        skip: &dyn Fn(&Path) -> bool,
        looked: &mut Looked,
    ) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if skip(&path) {
                continue;
            }
            let name = path.to_string_lossy().into_owned();
            self.look(&name, name.as_bytes(), looked);
            if path.is_dir() {
                self.look_beneath(&path, skip, looked);
            } else if let Ok(bytes) = fs::read(&path) {
                self.look(&name, &bytes, looked);
            }
        }
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

fn stands_alone(bytes: &[u8], at: usize, length: usize) -> bool {
    let before = at.checked_sub(1).map(|before| bytes[before]);
    let after = bytes.get(at + length).copied();
    [before, after]
        .into_iter()
        .flatten()
        .all(|byte| !byte.is_ascii_alphanumeric())
}

/// A day `yyyy-mm-dd` in all the forms in which schools, councils and programs write it.
pub(crate) fn written(iso: &str) -> Vec<String> {
    let (year, month, day) = (&iso[..4], &iso[5..7], &iso[8..10]);
    let name = MONTHS[month.parse::<usize>().unwrap() - 1];
    vec![
        iso.to_owned(),
        format!("{day}/{month}/{year}"),
        format!("{month}/{day}/{year}"),
        format!("{day}.{month}.{year}"),
        format!("{day}-{name}-{year}"),
        format!("{year}{month}{day}"),
        format!("{} {name} {year}", day.trim_start_matches('0')),
    ]
    .into_iter()
    .filter(|date| date.len() >= 8)
    .collect()
}

pub(crate) const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[test]
fn a_planted_needle_is_found_whatever_its_case_and_company() {
    let pupil = crate::pupils::pupil(3);
    let mut needles = Needles::new();
    needles.add_pupil(&pupil);
    for planted in [
        pupil.forename.to_uppercase(),
        format!("the file {}{}.csv", pupil.surname, pupil.forename),
        format!("(upn={})", pupil.upn),
        format!("{{\"uln\":{}}}", pupil.uln),
        written(&pupil.born)[4].clone(),
    ] {
        let mut bytes = vec![0xff; 1000];
        bytes.splice(500..500, planted.bytes());
        assert!(!needles.found_in(&bytes).is_empty(), "{planted}");
    }
    assert!(
        needles
            .found_in(format!("a{}b", pupil.uln).as_bytes())
            .is_empty()
    );
    assert!(needles.found_in(&vec![b'2'; 1000]).is_empty());
}
