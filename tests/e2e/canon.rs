//! The trail's canonical form, written from `docs/audit.md` and not from the code: computes each hash again.

use serde_json::Value;

/// One row of an export, with its `detail` byte for byte.
pub(crate) struct Exported {
    pub(crate) row: Value,
    detail: String,
}

/// The rows of an export.
pub(crate) fn rows(export: &str) -> Vec<Exported> {
    let lines = export.lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        let detail = line.split_once("\"detail\":").map_or("", |(_, rest)| {
            rest.rsplit_once(",\"previous\":").unwrap().0
        });
        let detail = detail.to_owned();
        Exported { row, detail }
    });
    lines.filter(|e| e.row["missing"].is_null()).collect()
}

impl Exported {
    pub(crate) fn seq(&self) -> u64 {
        self.row["seq"].as_u64().unwrap()
    }

    /// BLAKE3 of the hash before and this row, in hexadecimal.
    pub(crate) fn hash_behind(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut bytes = previous.to_vec();
        bytes.extend(self.canonical());
        *blake3::hash(&bytes).as_bytes()
    }

    fn canonical(&self) -> Vec<u8> {
        let (row, actor) = (&self.row, &self.row["actor"]);
        let kind = actor["kind"].as_str().unwrap();
        let who = if kind == "operator" { "uid" } else { "id" };
        let mut form = vec![1];
        form.extend(self.seq().to_le_bytes());
        form.extend(micros(row["at"].as_str().unwrap()).to_le_bytes());
        form.extend(text(kind));
        form.extend(maybe(&actor["name"], |v| text(v.as_str().unwrap())));
        form.extend(maybe(&actor[who], number));
        form.extend(maybe(&actor["key"], |v| text(v.as_str().unwrap())));
        form.extend(text(row["verb"].as_str().unwrap()));
        form.extend(text(row["subject"].as_str().unwrap()));
        form.extend(maybe(&row["school"], number));
        form.extend(text(&self.detail));
        form
    }
}

fn micros(at: &str) -> i64 {
    use time::{OffsetDateTime, format_description::well_known::Rfc3339};
    let nanos = OffsetDateTime::parse(at, &Rfc3339)
        .unwrap()
        .unix_timestamp_nanos();
    i64::try_from(nanos / 1000).unwrap()
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = match u8::try_from(text.len()) {
        Ok(short) if short < 255 => vec![short],
        _ => [&[255], &(text.len() as u64).to_le_bytes()[..]].concat(),
    };
    bytes.extend(text.as_bytes());
    bytes
}

fn maybe(value: &Value, form: impl Fn(&Value) -> Vec<u8>) -> Vec<u8> {
    match value {
        Value::Null => vec![0],
        value => [vec![1], form(value)].concat(),
    }
}

fn number(value: &Value) -> Vec<u8> {
    let number = value
        .as_i64()
        .unwrap_or_else(|| value.as_str().unwrap().parse().unwrap());
    number.to_le_bytes().to_vec()
}

/// Hexadecimal digits.
pub(crate) fn hex(hash: &[u8]) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
