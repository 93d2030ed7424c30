//! Made-up pupils, and the lists and extracts that speak of them.

use std::fmt::Write;

use time::{Date, Duration, macros::date};

/// Plainly made-up forenames.
pub(crate) const FORENAMES: [&str; 10] = [
    "Ambrosine",
    "Barnabee",
    "Clementyne",
    "Dorabelle",
    "Everildo",
    "Florizel",
    "Gwendomar",
    "Hyacintho",
    "Isambarda",
    "Jocastine",
];

/// Plainly made-up surnames.
pub(crate) const SURNAMES: [&str; 20] = [
    "Bramblesnap",
    "Candlewisp",
    "Dumblethorpe",
    "Elderfudge",
    "Fiddlewick",
    "Gooseberrow",
    "Hobbleton-Vane",
    "Inkpenny",
    "Jabberstone",
    "Kettlewhistle",
    "Marrowfax",
    "Nettlepuff",
    "Oakenmuff",
    "Puddlewick",
    "Quillfeather",
    "Rumblethwaite",
    "Snickerby",
    "Thistlepuff",
    "Umberdell",
    "Wobblestone",
];

/// A made-up pupil of Year 12 in 2026.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pupil {
    pub(crate) forename: String,
    pub(crate) surname: String,
    /// `yyyy-mm-dd`.
    pub(crate) born: String,
    pub(crate) upn: String,
    pub(crate) uln: String,
}

impl Pupil {
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.forename, self.surname)
    }

    /// Born on another day.
    pub(crate) fn born_on(self, day: &str) -> Self {
        Self {
            born: day.to_owned(),
            ..self
        }
    }

    /// `dd/mm/yyyy`, as schools write it.
    pub(crate) fn british_birthday(&self) -> String {
        british(&self.born)
    }
}

/// `yyyy-mm-dd` as `dd/mm/yyyy`.
pub(crate) fn british(day: &str) -> String {
    format!("{}/{}/{}", &day[8..10], &day[5..7], &day[..4])
}

/// The pupil of this number, below 200: no two share a name or a date of birth.
pub(crate) fn pupil(n: usize) -> Pupil {
    assert!(n < 200);
    let born = date!(2009 - 12 - 01) + Duration::days(i64::try_from(n).unwrap());
    Pupil {
        forename: FORENAMES[n % 10].to_owned(),
        surname: SURNAMES[n / 10].to_owned(),
        born: iso(born),
        upn: upn(n),
        uln: uln(n),
    }
}

/// The pupil of this number among those a year younger.
pub(crate) fn younger(n: usize) -> Pupil {
    let pupil = pupil(n);
    let year = pupil.born[..4].parse::<i32>().unwrap() + 1;
    let born = format!("{year}{}", &pupil.born[4..]);
    Pupil {
        upn: upn(n + 500),
        uln: uln(n + 500),
        ..pupil.born_on(&born)
    }
}

pub(crate) fn pupils(numbers: std::ops::Range<usize>) -> Vec<Pupil> {
    numbers.map(pupil).collect()
}

/// A permanent UPN with the right check letter.
pub(crate) fn upn(n: usize) -> String {
    upn_of(&format!("860400121{n:03}"))
}

/// The permanent UPN of these twelve digits.
pub(crate) fn upn_of(body: &str) -> String {
    let sum = (2..)
        .zip(digits(body))
        .map(|(place, d)| place * d)
        .sum::<usize>();
    let letter = b"ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23];
    format!("{}{body}", char::from(letter))
}

/// A ULN with the right check digit.
pub(crate) fn uln(n: usize) -> String {
    // Some bodies have no check digit: those numbers were never given out, so take the next.
    (0..)
        .find_map(|step| with_check_digit(700_100_000 + n * 10 + step))
        .unwrap()
}

fn with_check_digit(body: usize) -> Option<String> {
    let body = body.to_string();
    let weights = (2..=10).rev();
    let sum = weights
        .zip(digits(&body))
        .map(|(w, d)| w * d)
        .sum::<usize>();
    match sum % 11 {
        0 => None,
        rest => Some(format!("{body}{}", 10 - rest)),
    }
}

fn digits(text: &str) -> impl Iterator<Item = usize> {
    text.bytes().map(|byte| usize::from(byte - b'0'))
}

/// The day as `yyyy-mm-dd`.
pub(crate) fn iso(day: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day.year(),
        u8::from(day.month()),
        day.day()
    )
}

// ---- consent lists

/// The header of [`list`].
pub(crate) const LIST_HEADER: &str = "Forename,Surname,Date of birth,UPN,Consent,Consent date";

/// The day on which the pupils of [`list`] consented.
pub(crate) const CONSENTED: &str = "2026-05-11";

/// A list on which each of these consented.
pub(crate) fn list(pupils: &[Pupil]) -> String {
    list_saying(pupils, |_| "Yes")
}

/// A list of one pupil.
pub(crate) fn list_of(pupil: &Pupil) -> String {
    list(std::slice::from_ref(pupil))
}

/// A list with another word in the consent column for some.
pub(crate) fn list_saying(pupils: &[Pupil], answer: impl Fn(usize) -> &'static str) -> String {
    let rows = pupils
        .iter()
        .enumerate()
        .map(|(i, pupil)| list_row(pupil, answer(i), CONSENTED));
    format!("{LIST_HEADER}\n{}", rows.collect::<String>())
}

/// A list with another day of consent.
pub(crate) fn list_dated(pupils: &[Pupil], day: &str) -> String {
    let rows = pupils.iter().map(|pupil| list_row(pupil, "Yes", day));
    format!("{LIST_HEADER}\n{}", rows.collect::<String>())
}

/// One line of [`list`].
pub(crate) fn list_row(pupil: &Pupil, answer: &str, day: &str) -> String {
    format!(
        "{},{},{},{},{answer},{}\n",
        pupil.forename,
        pupil.surname,
        pupil.british_birthday(),
        pupil.upn,
        british(day)
    )
}

/// Names and dates of birth only: the body of a file of withdrawals.
pub(crate) fn names_only(pupils: &[Pupil]) -> String {
    let mut text = "Forename,Surname,Date of birth\n".to_owned();
    for p in pupils {
        writeln!(
            text,
            "{},{},{}",
            p.forename,
            p.surname,
            p.british_birthday()
        )
        .unwrap();
    }
    text
}

// ---- extracts

/// One record of the council's extract, every cell as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) client: String,
    pub(crate) forename: String,
    pub(crate) surname: String,
    pub(crate) born: String,
    pub(crate) upn: String,
    pub(crate) uln: String,
    pub(crate) school: String,
    pub(crate) code: String,
    pub(crate) provider: String,
    pub(crate) started: String,
    pub(crate) confirmed: String,
    pub(crate) lapsed: String,
    pub(crate) lapses: String,
    pub(crate) status: String,
    pub(crate) send: String,
}

/// A pupil at a sixth form, as the council's record of the first school has it.
pub(crate) fn record(pupil: &Pupil) -> Record {
    Record {
        client: format!("860{}", &pupil.uln),
        forename: pupil.forename.clone(),
        surname: pupil.surname.clone(),
        born: pupil.born.clone(),
        upn: pupil.upn.clone(),
        uln: String::new(),
        school: crate::world::SCHOOL.to_owned(),
        code: "210".to_owned(),
        provider: "Nowhere Sixth Form".to_owned(),
        started: "2026-09-03".to_owned(),
        confirmed: "2026-10-15".to_owned(),
        lapsed: "N".to_owned(),
        lapses: String::new(),
        status: "P".to_owned(),
        send: "N".to_owned(),
    }
}

pub(crate) fn records(pupils: &[Pupil]) -> Vec<Record> {
    pupils.iter().map(record).collect()
}

/// The columns of [`extract_csv`].
pub(crate) const EXTRACT_HEADER: &str = "Client id,Forename,Surname,Date of birth,UPN,ULN,\
    Year 11 school,Activity code,Provider or employer,Start date,Confirmed on,Currency lapsed,\
    Due to lapse,Cohort status,SEND flag,PeriodEnd";

/// An extract of these records with this day as its `PeriodEnd`.
pub(crate) fn extract_csv(records: &[Record], day: &str) -> String {
    let mut text = format!("{EXTRACT_HEADER}\n");
    for r in records {
        let cells = [
            &r.client,
            &r.forename,
            &r.surname,
            &r.born,
            &r.upn,
            &r.uln,
            &r.school,
            &r.code,
            &r.provider,
            &r.started,
            &r.confirmed,
            &r.lapsed,
            &r.lapses,
            &r.status,
            &r.send,
        ];
        let quoted = cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        writeln!(text, "{},{day}", quoted.join(",")).unwrap();
    }
    text
}
