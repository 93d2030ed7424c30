//! One line of a listing as `ls -l` writes it. Some programs (FileZilla, WinSCP) read nothing else: the
//! first character tells a folder from a file.

use time::{Duration, OffsetDateTime};

use super::Attributes;

/// The line for a name: rights, owner, size, date in UTC, name.
pub fn long_name(name: &[u8], attributes: &Attributes, now: OffsetDateTime) -> Vec<u8> {
    let seconds = attributes.times.map_or(0, |(_, modified)| modified);
    let changed = OffsetDateTime::from_unix_timestamp(seconds.into()).unwrap_or(now);
    let mut line = format!(
        "{} {:>3} {:<8} {:<8} {:>8} {} ",
        rights(attributes.mode.unwrap_or_default()),
        1,
        OWNER,
        OWNER,
        attributes.size.unwrap_or_default(),
        date(changed, now),
    )
    .into_bytes();
    line.extend_from_slice(name);
    line
}

fn rights(mode: u32) -> String {
    let kind = match mode & 0o170_000 {
        0o040_000 => 'd',
        _ => '-',
    };
    let bits = (0..9).rev().zip("rwxrwxrwx".chars());
    let bits = bits.map(|(bit, letter)| if mode >> bit & 1 == 1 { letter } else { '-' });
    std::iter::once(kind).chain(bits).collect()
}

/// With the time of day for the last half year, with the year for what is older or lies ahead.
fn date(changed: OffsetDateTime, now: OffsetDateTime) -> String {
    let month: String = changed.month().to_string().chars().take(3).collect();
    let day = changed.day();
    let age = now - changed;
    if age > Duration::days(182) || age < -Duration::days(1) {
        format!("{month} {day:>2}  {}", changed.year())
    } else {
        format!(
            "{month} {day:>2} {:02}:{:02}",
            changed.hour(),
            changed.minute()
        )
    }
}

/// Everybody's name here: who owns what on the server is nobody's business.
const OWNER: &str = "pillarbx";

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn line(mode: u32, size: u64, at: OffsetDateTime) -> String {
        let seconds = u32::try_from(at.unix_timestamp()).unwrap();
        let attributes = Attributes {
            size: Some(size),
            mode: Some(mode),
            times: Some((seconds, seconds)),
            owner: None,
        };
        let now = datetime!(2026-11-21 18:00 UTC);
        String::from_utf8(long_name("Übersicht.csv".as_bytes(), &attributes, now)).unwrap()
    }

    #[test]
    fn a_line_is_what_ls_writes() {
        assert_eq!(
            line(0o100_640, 18231, datetime!(2026-11-21 17:30:26 UTC)),
            "-rw-r-----   1 pillarbx pillarbx    18231 Nov 21 17:30 Übersicht.csv"
        );
        assert_eq!(
            line(0o040_750, 0, datetime!(2025-01-02 00:00 UTC)),
            "drwxr-x---   1 pillarbx pillarbx        0 Jan  2  2025 Übersicht.csv"
        );
    }
}
