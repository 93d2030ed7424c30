//! Who plays: two schools, their pupils, and the persons who may collect. All made up, and no two pupils
//! alike in name, number or day of birth; every day that matters is somebody's.

use time::{Date, macros::date};

/// A made-up pupil.
#[derive(Debug)]
pub(crate) struct Pupil {
    pub(crate) forename: &'static str,
    pub(crate) surname: &'static str,
    pub(crate) born: Date,
    /// The school's list says that there is an EHCP.
    pub(crate) ehcp: bool,
    /// So does the council's extract.
    pub(crate) send: bool,
}

pub(crate) const SCHOOLS: [&str; 2] = ["8604001", "8604002"];

/// The pupils of the first school, and of the second.
pub(crate) const PUPILS: [&[Pupil]; 2] = [
    &[
        pupil("Ambrosine", "Bramblesnap", date!(2010 - 03 - 05)),
        pupil("Barnabee", "Candlewisp", date!(2008 - 02 - 29)),
        pupil("Clementyne", "Dumblethorpe", date!(2009 - 12 - 01)),
        with_plan("Dorabelle", "Elderfudge", date!(2008 - 03 - 29), true),
        with_plan("Everildo", "Fiddlewick", date!(2008 - 10 - 26), false),
        pupil("Florizel", "Gooseberrow", date!(2009 - 08 - 31)),
        pupil("Gwendomar", "Hobbleton-Vane", date!(2009 - 09 - 01)),
        pupil("Hyacintho", "Inkpenny", date!(2010 - 08 - 30)),
    ],
    &[
        pupil("Isambarda", "Jabberstone", date!(2009 - 11 - 11)),
        pupil("Jocastine", "Kettlewhistle", date!(2010 - 02 - 28)),
        pupil("Kasimira", "Marrowfax", date!(2009 - 06 - 15)),
        with_plan("Leopoldo", "Nettlepuff", date!(2008 - 07 - 01), true),
    ],
];

/// The most pupils that a school has.
pub(crate) const MOST: usize = 8;

/// Persons of each school who may collect; the second comes and goes.
pub(crate) const PERSONS: usize = 2;

const fn pupil(forename: &'static str, surname: &'static str, born: Date) -> Pupil {
    Pupil {
        forename,
        surname,
        born,
        ehcp: false,
        send: false,
    }
}

const fn with_plan(forename: &'static str, surname: &'static str, born: Date, send: bool) -> Pupil {
    Pupil {
        ehcp: true,
        send,
        ..pupil(forename, surname, born)
    }
}

/// A permanent UPN with the right check letter.
pub(crate) fn upn(school: usize, pupil: usize) -> String {
    let body = format!("8604001210{school}{pupil}");
    let digits = body.bytes().map(|byte| usize::from(byte - b'0'));
    let sum: usize = (2..).zip(digits).map(|(place, digit)| place * digit).sum();
    let letter = b"ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23];
    format!("{}{body}", char::from(letter))
}
