//! The file beside an extract that tells each young person's Year 11 school, because the national record
//! does not (`domain.md` 1.4).

use std::{collections::HashMap, io::Read};

use super::{
    super::{
        aliases::compact,
        cells,
        decode::decode,
        delimited,
        table::{Limits, Table, Value},
    },
    fault::ExtractFault,
    records::school,
};
use crate::domain::{
    destination::{DestinationRecord, SchoolMention},
    identifiers::Upn,
};

/// The Year 11 schools that a `year11*.csv` tells. Personal: prints only its size.
#[derive(Clone, Default)]
pub struct Year11Schools {
    by_client: HashMap<String, Option<SchoolMention>>,
    by_upn: HashMap<Upn, Option<SchoolMention>>,
}

impl Year11Schools {
    /// The school of the young person in this record. One who is told of with two schools has none.
    pub fn of(&self, record: &DestinationRecord) -> Option<SchoolMention> {
        let client = record.client.as_ref().and_then(|id| self.by_client.get(id));
        let upn = record.upn.as_ref().and_then(|upn| self.by_upn.get(upn));
        match (client, upn) {
            (Some(one), Some(other)) if one != other => None,
            (Some(told), _) | (None, Some(told)) => *told,
            (None, None) => None,
        }
    }

    /// How many young persons it tells of, counted by the id that tells of more.
    pub fn len(&self) -> usize {
        self.by_client.len().max(self.by_upn.len())
    }

    /// Whether it tells of nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for Year11Schools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Year11Schools({} persons, …)", self.len())
    }
}

/// Reads the file: a client id or a UPN, and a school.
pub fn year11(read: impl Read) -> Result<Year11Schools, ExtractFault> {
    let mut bytes = Vec::new();
    read.take(LARGEST).read_to_end(&mut bytes)?;
    let decoded = decode(&bytes).map_err(|_| ExtractFault::Encoding)?;
    let table = delimited::table(&decoded.text, decoded.assumed, &LIMITS)
        .map_err(|why| ExtractFault::Workbook(why.code()))?;
    let (skip, columns) = table
        .rows()
        .take(SEARCHED_ROWS)
        .enumerate()
        .find_map(|(at, row)| Some((at + 1, Columns::of(row.cells())?)))
        .ok_or(ExtractFault::HeaderNotFound)?;
    Ok(told(&table, skip, columns))
}

fn told(table: &Table, skip: usize, columns: Columns) -> Year11Schools {
    let mut schools = Year11Schools::default();
    for row in table.rows().skip(skip) {
        let Some(mention) = school(cells::unwrapped(row.cell(columns.school).text)) else {
            continue;
        };
        let client = columns
            .client
            .map_or("", |at| cells::unwrapped(row.cell(at).text));
        if !client.is_empty() {
            note(&mut schools.by_client, client.to_owned(), mention);
        }
        let upn = columns.upn.map(|at| cells::upn(row.cell(at).text));
        if let Some(upn) = upn.as_ref().and_then(|cell| cell.value()) {
            note(&mut schools.by_upn, *upn, mention);
        }
    }
    schools
}

fn note<K: std::hash::Hash + Eq>(
    schools: &mut HashMap<K, Option<SchoolMention>>,
    key: K,
    mention: SchoolMention,
) {
    schools
        .entry(key)
        .and_modify(|known| *known = known.filter(|known| *known == mention))
        .or_insert(Some(mention));
}

#[derive(Clone, Copy)]
struct Columns {
    client: Option<usize>,
    upn: Option<usize>,
    school: usize,
}

impl Columns {
    fn of<'t>(cells: impl Iterator<Item = Value<'t>>) -> Option<Self> {
        let headers: Vec<String> = cells.map(|cell| compact(cell.text)).collect();
        let find = |names: &[&str]| {
            let at = |name: &&str| headers.iter().position(|header| header == name);
            names.iter().find_map(at)
        };
        let (client, upn) = (find(&CLIENT), find(&UPN));
        let school = find(&SCHOOL)?;
        client.or(upn).map(|_| Self {
            client,
            upn,
            school,
        })
    }
}

const CLIENT: [&str; 7] = [
    "youngpersonsid",
    "youngpersonid",
    "ypid",
    "clientid",
    "clientno",
    "clientnumber",
    "caseloadid",
];

const UPN: [&str; 3] = ["uniquepupilnumber", "upn", "uniquepupilno"];

const SCHOOL: [&str; 11] = [
    "year11school",
    "year11schoollaestab",
    "year11laestab",
    "year11schoolurn",
    "year11urn",
    "y11school",
    "schoolatyear11",
    "laestab",
    "dfenumber",
    "urn",
    "school",
];

/// Bytes of the file: a nation's year is about 20 MB.
const LARGEST: u64 = 512 << 20;

/// Rows in which the header is looked for.
const SEARCHED_ROWS: usize = 10;

const LIMITS: Limits = Limits {
    max_rows: 4_000_000,
    ..Limits::EXTRACTS
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_told_of_with_two_schools_has_none() {
        let schools = year11(
            "Client ID,UPN,Year 11 school\n1,P860400119001,860/4001\n2,,8604002\n2,,8604001\n3,,EHE\n4,,\n"
                .as_bytes(),
        )
        .unwrap();
        assert_eq!(schools.by_client["1"], school("8604001"));
        assert_eq!(schools.by_client["2"], None);
        assert_eq!(schools.by_client["3"], school("9989999"));
        assert!(!schools.by_client.contains_key("4"));
        assert_eq!(schools.by_upn.len(), 1);
        assert_eq!(format!("{schools:?}"), "Year11Schools(3 persons, …)");
    }

    #[test]
    fn without_an_id_or_a_school_there_is_no_header() {
        for text in ["Client ID,Name\n1,x\n", "School,Name\n8604001,x\n"] {
            assert_eq!(
                year11(text.as_bytes()).unwrap_err(),
                ExtractFault::HeaderNotFound
            );
        }
    }
}
