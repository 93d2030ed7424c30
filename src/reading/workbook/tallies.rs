//! What is made room for when a workbook is opened, counted before anybody makes it: sheets, styles and
//! shared strings. A few bytes of each can ask for very many.

use std::collections::BTreeSet;

use quick_xml::events::Event;

use super::super::{table::Limits, unreadable::Unreadable};
use super::{MOST_SHEETS, damaged, xml::attributes};

/// The sheets that the workbook lists. Each has a part of its own: one part read as 256 sheets would be
/// 256 times the work.
#[derive(Default)]
pub(super) struct Sheets {
    parts: BTreeSet<String>,
}

impl Sheets {
    pub(super) fn see(&mut self, event: &Event<'_>) -> Result<(), Unreadable> {
        let Event::Start(element) = event else {
            return Ok(());
        };
        if element.local_name().as_ref() != "sheet" {
            return Ok(());
        }
        for id in attributes(element, "id") {
            if !self.parts.insert(id) {
                return Err(Unreadable::OddlyBuilt);
            }
        }
        if self.parts.len() > MOST_SHEETS {
            return Err(Unreadable::UnpacksTooLarge);
        }
        Ok(())
    }
}

/// The formats of cells, each of which is given its own copy of a font's name and a number's format.
pub(super) struct Styles {
    most: u64,
    formats: u64,
    longest: u64,
}

impl Styles {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            most: limits.max_inflated.saturating_mul(2),
            formats: 0,
            longest: 0,
        }
    }

    pub(super) fn see(&mut self, event: &Event<'_>) -> Result<(), Unreadable> {
        let Event::Start(element) = event else {
            return Ok(());
        };
        self.longest = self.longest.max(element.len() as u64);
        if matches!(
            element.local_name().as_ref(),
            "xf" | "font" | "fill" | "border"
        ) {
            self.formats += 1;
        }
        if self.formats.saturating_mul(ONE_FORMAT + self.longest) > self.most {
            return Err(Unreadable::UnpacksTooLarge);
        }
        Ok(())
    }
}

/// The texts that cells refer to. The table says how many it has, and room is made for as many before they
/// are read.
pub(super) struct Strings {
    most: u64,
    count: u64,
    begun: bool,
}

impl Strings {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            most: limits.max_strings.into(),
            count: 0,
            begun: false,
        }
    }

    pub(super) fn see(&mut self, event: &Event<'_>) -> Result<(), Unreadable> {
        let Event::Start(element) = event else {
            return Ok(());
        };
        match element.local_name().as_ref() {
            "sst" => {
                let told = attributes(element, "uniqueCount").map(|count| count.parse::<u64>());
                if told.flatten().any(|count| count > self.most) {
                    return Err(Unreadable::UnpacksTooLarge);
                }
            }
            _ if !self.begun => return Err(damaged()),
            "si" => self.count += 1,
            _ => {}
        }
        self.begun = true;
        if self.count > self.most {
            return Err(Unreadable::UnpacksTooLarge);
        }
        Ok(())
    }
}

/// Bytes that one format takes, its names not counted.
const ONE_FORMAT: u64 = 512;
