//! The council's settings, typed (spec 7). What they are used for is for others to know; how they are
//! read from TOML is `reading_settings`.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration as Wait,
};

use time::Duration;

use crate::{
    calendar::Schedule,
    domain::{receipt::ExpiryRule, school::Person},
};

use super::{folders::Folders, sftp_settings::Sftp};

/// Everything in `pillarbox.toml`. Paths are absolute. A wait by the real clock is a
/// [`std::time::Duration`]; a span between dates is a [`time::Duration`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file that it was read from.
    pub file: PathBuf,
    /// The ledger, sealed uploads and the council's box.
    pub state: PathBuf,
    /// One folder a school.
    pub boxes: PathBuf,
    /// One file a school.
    pub schools: PathBuf,
    /// Secret keys.
    pub keys: PathBuf,
    /// Who runs this.
    pub council: Council,
    /// The SFTP server; `None` in folder mode.
    pub sftp: Option<Sftp>,
    /// What schools put into `inbox/`.
    pub intake: Intake,
    /// The process that reads it.
    pub reader: Reader,
    /// How long a consent lasts.
    pub consent: Consent,
    /// The extract.
    pub destinations: Destinations,
    /// Destination files.
    pub release: Release,
    /// Releases that schools ask for.
    pub requests: Requests,
    /// Notices to destroy.
    pub notices: Notices,
    /// What is kept of uploads.
    pub retention: Retention,
    /// When releases are made; names differ.
    pub schedules: Vec<Schedule>,
    /// Where OpenMetrics are served.
    pub metrics: Option<SocketAddr>,
    /// Reviews, which never block.
    pub review: Review,
    /// Copies for a day on which the disk is lost.
    pub backup: Backup,
}

impl Settings {
    /// Where everything lies.
    pub fn folders(&self) -> Folders {
        Folders::of(self)
    }
}

/// `[council]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Council {
    /// The council's name.
    pub name: String,
    /// The local authority's number, three digits.
    pub la: u16,
    /// The domain that receipts are signed under (`receipts@DOMAIN`).
    pub domain: String,
    /// Whom schools should ask.
    pub contact: Option<String>,
    /// Where pupils read what is done with their data.
    pub privacy_notice: Option<String>,
    /// The council's own analysts: who may log in as `council`, to put extracts in (upload) or to read
    /// reports (collect).
    pub persons: Vec<Person>,
}

impl Council {
    /// The domain of a council that told none: its name in letters, digits and hyphens under
    /// `.invalid`, which can never be anybody's.
    pub fn domain_from_name(name: &str) -> String {
        let mut slug = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' => slug.push(c),
                '\'' | '’' => {}
                _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
                _ => {}
            }
        }
        slug.truncate(LONGEST_LABEL);
        let slug = slug.trim_end_matches('-');
        format!("{}.invalid", if slug.is_empty() { "council" } else { slug })
    }
}

/// `[intake]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intake {
    /// How long a file stays in `inbox/` after it was taken.
    pub linger: Wait,
    /// Folder mode: how long a file must be unchanged before it counts as complete.
    pub settle: Wait,
    /// How often folders are looked through.
    pub rescan: Wait,
    /// Whole per cent: a list with more bad rows is refused whole.
    pub max_bad_rows: u8,
    /// The largest upload, in bytes.
    pub max_bytes: u64,
    /// The longest list, in rows.
    pub max_rows: u32,
}

/// `[reader]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Where uploads are read.
    pub jail: ReaderJail,
    /// Address space of a reader, in bytes.
    pub memory: u64,
    /// How long reading one file may take.
    pub time: Wait,
}

/// `reader.jail`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReaderJail {
    /// In a process that can do nothing else, or not at all.
    #[default]
    Required,
    /// In the daemon's own process.
    None,
}

/// `[consent]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// What the signed form says.
    pub expires: ExpiryRule,
    /// What happens where no list has come since the September after leaving.
    pub year12_list: Year12List,
}

/// `consent.year12_list`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Year12List {
    /// Status and receipts say so.
    #[default]
    Warn,
    /// Nothing is shared until one comes.
    Hold,
}

/// `[destinations]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destinations {
    /// An older extract is not shared from.
    pub max_age: Duration,
    /// Whether a record must tell its Year 11 school.
    pub year11_school: Year11School,
    /// Providers whose records wait for an officer.
    pub hold_providers: Vec<String>,
    /// How long an extract must be unchanged before it counts as complete.
    pub settle: Wait,
    /// Whole per cent: an extract that falls by more rows holds all releases.
    pub max_fall: u8,
    /// The extract's headers by field (`date_of_birth` → `Birth day`), where the council named them.
    pub columns: BTreeMap<String, String>,
}

/// `destinations.year11_school`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Year11School {
    /// It must, and it must be the school that asks.
    #[default]
    Required,
    /// It may be silent; the council accepts the risk.
    WhenPresent,
}

/// `[release]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// How long a file stays in `outbox/`.
    pub keep: Duration,
    /// How old a missed moment may be that is caught up.
    pub catch_up: Duration,
}

/// `[requests]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requests {
    /// Who approves.
    pub approval: Approval,
    /// The least time between two of one school.
    pub min_interval: Duration,
    /// The council's capacity.
    pub max_per_day: u32,
}

/// `requests.approval`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// Nobody needs to.
    #[default]
    Automatic,
    /// An officer, each time.
    Manual,
}

/// `[notices]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notices {
    /// How long after a notice, and after each reminder, the school is reminded.
    pub remind_after: Duration,
}

/// `[retention]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How long uploads are kept, sealed.
    pub uploads: Duration,
    /// How long it is kept what releases told of their pupils.
    pub disclosures: Duration,
    /// How long receipts are kept, in the boxes and in the ledger.
    pub receipts: Duration,
    /// How long it is kept whom a notice was about, once the school confirmed it.
    pub notices: Duration,
    /// The age recipient to which judged uploads are sealed.
    pub archive_recipient: Option<String>,
}

/// `[review]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// How long after signature or the last review the next is due.
    pub agreement: Duration,
}

/// `[backup]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The age recipient to which backups are sealed.
    pub recipient: Option<String>,
    /// How old the last backup may be before `status` says so.
    pub remind_after: Duration,
    /// How long notes of acts are kept from which a restored ledger learns what it lost.
    pub keep_notes: Duration,
}

impl Default for Intake {
    fn default() -> Self {
        Self {
            linger: Wait::from_secs(30),
            settle: Wait::from_secs(2),
            rescan: Wait::from_secs(5),
            max_bad_rows: 10,
            max_bytes: 16 << 20,
            max_rows: 20_000,
        }
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            jail: ReaderJail::Required,
            memory: 512 << 20,
            time: Wait::from_secs(20),
        }
    }
}

impl Default for Destinations {
    fn default() -> Self {
        Self {
            max_age: Duration::days(45),
            year11_school: Year11School::Required,
            hold_providers: Vec::new(),
            settle: Wait::from_mins(1),
            max_fall: 20,
            columns: BTreeMap::new(),
        }
    }
}

impl Default for Release {
    fn default() -> Self {
        Self {
            keep: Duration::days(30),
            catch_up: Duration::days(7),
        }
    }
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            approval: Approval::Automatic,
            min_interval: Duration::days(28),
            max_per_day: 5,
        }
    }
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            remind_after: Duration::days(14),
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            uploads: Duration::days(30),
            disclosures: Duration::days(3 * YEAR),
            receipts: Duration::days(6 * YEAR),
            notices: Duration::days(2 * YEAR),
            archive_recipient: None,
        }
    }
}

impl Default for Review {
    fn default() -> Self {
        Self {
            agreement: Duration::days(365),
        }
    }
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            recipient: None,
            remind_after: Duration::days(8),
            keep_notes: Duration::days(400),
        }
    }
}

/// Where the state lies on a machine that was not told otherwise.
pub(super) fn default_state() -> &'static Path {
    Path::new("/var/lib/pillarbox")
}

/// Where configuration lies on a machine that was not told otherwise.
pub(super) fn default_etc() -> &'static Path {
    Path::new("/etc/pillarbox")
}

/// Days of a year, as settings count them.
const YEAR: i64 = 365;
/// In bytes: what a label of a domain name may have.
const LONGEST_LABEL: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_council_without_a_domain_gets_one_that_is_nobodys() {
        for (name, domain) in [
            (
                "Staffordshire County Council",
                "staffordshire-county-council.invalid",
            ),
            ("King's Lynn & West", "kings-lynn-west.invalid"),
            ("  Éxample (made up)  ", "xample-made-up.invalid"),
            ("…", "council.invalid"),
        ] {
            assert_eq!(Council::domain_from_name(name), domain);
        }
        let long = Council::domain_from_name(&"ab ".repeat(40));
        assert!(long.len() <= 63 + ".invalid".len() && !long.contains("-."));
    }
}
