//! XML of strangers, element by element: lenient in what is well formed, strict in how deep it goes.

use std::io::{BufRead, BufReader, Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event, attributes::Attribute},
};

use super::super::unreadable::Unreadable;
use super::container::{Metered, drain};

/// Shows all that stands in a part. XML that breaks off is read to its end and shown no further.
pub(super) fn walk<R: Read>(
    part: &mut Metered<R>,
    mut see: impl FnMut(&Event<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut xml = lenient(BufReader::new(part));
    xml.config_mut().expand_empty_elements = true;
    let (mut buffer, mut depth) = (Vec::new(), 0_usize);
    loop {
        buffer.clear();
        xml.get_mut().get_mut().next_event();
        let event = match xml.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return Ok(()),
            Ok(event) => event,
            Err(_) => break,
        };
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(Unreadable::OddlyBuilt);
        }
        see(&event)?;
    }
    let part = xml.into_inner().into_inner();
    if part.is_stopped() {
        return Ok(());
    }
    part.end_events();
    drain(part)
}

/// A reader that leaves it to others to complain about tags that don't match.
pub(super) fn lenient<R: BufRead>(read: R) -> Reader<R> {
    let mut reader = Reader::from_reader(read);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    reader
}

/// The attribute with this local name, raw.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    attributes(element, name).next()
}

/// All attributes with this local name, raw: readers differ in which of several they take.
pub(super) fn attributes<'e>(
    element: &'e BytesStart<'_>,
    name: &'e str,
) -> impl Iterator<Item = String> + 'e {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let named = move |attribute: &Attribute<'_>| attribute.key.local_name().as_ref() == name;
    let found = attributes.flatten().filter(named);
    found.map(|attribute| attribute.value.into_owned())
}

/// Elements within elements.
const DEEPEST: usize = 128;
