//! Where the last standing lies, and how each number of it is called on a page.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use prometheus_client::{
    collector::Collector,
    encoding::DescriptorEncoder,
    registry::Unit::{Bytes, Seconds},
};
use time::OffsetDateTime;

use super::{
    page::Page,
    pulse::{Ledger, Pulse},
    sight::held,
    standing::{Series, Standing},
};
use crate::boxes::handover::Counters;

/// Where the last standing lies.
#[derive(Clone)]
pub(super) struct Shelf {
    latest: Arc<Mutex<Option<Arc<Standing>>>>,
    pulse: Arc<Pulse>,
    started: OffsetDateTime,
}

impl Shelf {
    pub(super) fn new(pulse: Arc<Pulse>, started: OffsetDateTime) -> Self {
        Self {
            latest: Arc::default(),
            pulse,
            started,
        }
    }

    pub(super) fn put(&self, standing: Standing) {
        *held(&self.latest) = Some(Arc::new(standing));
    }

    pub(super) fn latest(&self) -> Option<Arc<Standing>> {
        held(&self.latest).clone()
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shelf(…)")
    }
}

impl Collector for Shelf {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page::of(&mut encoder);
        process(&mut page, self)?;
        let Some(is) = self.latest() else {
            return Ok(());
        };
        standing(&mut page, &is)?;
        extract(&mut page, &is)?;
        room(&mut page, &is)?;
        match &is.sftp {
            Some((counters, bans)) => sftp(&mut page, counters, *bans),
            None => Ok(()),
        }
    }
}

fn process(page: &mut Page<'_, '_>, shelf: &Shelf) -> fmt::Result {
    let version: Series = vec![(env!("CARGO_PKG_VERSION"), 1)];
    let help = "The version that runs";
    page.series("build_info", help, None, "version", &version)?;
    let help = "When this process started";
    page.moment("start", help, Some(shelf.started))?;
    let moved = OffsetDateTime::now_utc() - shelf.pulse.since();
    let help = "When the ledger's thread last got something done";
    page.moment("last_progress", help, Some(moved))?;
    let writes = u64::from(shelf.pulse.ledger() == Ledger::Writes);
    let help = "1 where the ledger took what was last written to it";
    page.number("ledger_writable", help, writes)
}

fn standing(page: &mut Page<'_, '_>, is: &Standing) -> fmt::Result {
    let series: [(_, _, _, &Series); 4] = [
        (
            "schools",
            "Schools, by their agreement",
            "agreement",
            &is.schools,
        ),
        (
            "consents",
            "Consents, by how they stand",
            "standing",
            &is.consents,
        ),
        (
            "waiting",
            "What waits for the daemon, an officer or a school",
            "what",
            &is.waiting,
        ),
        ("holds", "Holds in force", "scope", &is.holds),
    ];
    for (name, help, key, series) in series {
        page.series(name, help, None, key, series)?;
    }
    let numbers = [
        (
            "rehearsal",
            "1 where the ledger is a rehearsal's",
            u64::from(is.rehearsal),
        ),
        (
            "reviews_due",
            "Agreements whose review is due",
            is.reviews_due,
        ),
        (
            "notices_overdue",
            "Notices of which the school was reminded, or is to be",
            is.notices_overdue,
        ),
        (
            "breaches",
            "Breaches of which the regulator is still to be told",
            is.breaches,
        ),
        (
            "files_in_outboxes",
            "Releases whose files lie in outboxes",
            is.files_out,
        ),
        (
            "troubles",
            "Things that do not work and are tried again",
            is.troubles,
        ),
    ];
    for (name, help, number) in numbers {
        page.number(name, help, number)?;
    }
    moments(page, is)
}

fn moments(page: &mut Page<'_, '_>, is: &Standing) -> fmt::Result {
    let help = "When the numbers of this page were gathered";
    page.moment("gathered", help, is.at)?;
    let help = "By when the regulator is to be told of the most pressing breach";
    page.moment("breach_report_due", help, is.breach_due)?;
    let help = "Since when the oldest waits";
    page.moments("oldest_waiting", help, "what", &is.oldest)?;
    let help = "When it was last done, missing where it never was";
    page.moments("last_done", help, "what", &is.last)
}

fn extract(page: &mut Page<'_, '_>, is: &Standing) -> fmt::Result {
    let help = "An older extract is not released from";
    page.measured("extract_age_limit", help, &Seconds, is.extract_limit)?;
    let Some((rows, exported)) = is.extract else {
        return Ok(());
    };
    let help = "Rows of the extract that releases are made from";
    page.number("extract_rows", help, rows)?;
    let help = "The day on which it was exported";
    page.moment("extract_exported", help, Some(exported))
}

fn room(page: &mut Page<'_, '_>, is: &Standing) -> fmt::Result {
    let disks = || is.disks.iter();
    let free: Series = disks().map(|disk| (disk.folder, disk.free_bytes)).collect();
    let help = "Bytes free, by what lies there";
    page.series("disk_free", help, Some(&Bytes), "folder", &free)?;
    let files = disks().filter_map(|disk| Some((disk.folder, disk.free_files?)));
    let help = "Files that can still be made";
    page.series("disk_free_files", help, None, "folder", &files.collect())?;
    let help = "Bytes that shall stay free";
    page.measured("disk_spare", help, &Bytes, is.disk_spare)?;
    let help = "Bytes of the ledger's files";
    page.series("ledger", help, Some(&Bytes), "file", &is.ledger)?;
    let (files, bytes) = is.spool;
    page.number("spool_files", "Sealed copies of uploads", files)?;
    let help = "Bytes of the uploads that are kept";
    page.measured("spool", help, &Bytes, bytes)
}

fn sftp(page: &mut Page<'_, '_>, told: &Counters, bans: u64) -> fmt::Result {
    let help = "When the front end started, and its counters began";
    page.moment("sftp_start", help, told.since)?;
    let help = "When it last wrote its counters, which it does when they change";
    page.moment("sftp_told", help, told.at)?;
    page.number("sftp_sessions", "Sessions open", told.sessions_open)?;
    page.number("sftp_bans", "Bans in force", bans)?;
    let counters = [
        ("sftp_connections", "Connections taken in", told.connections),
        ("sftp_logins", "Logins that succeeded", told.logins),
        (
            "sftp_logins_failed",
            "Logins that failed",
            told.logins_failed,
        ),
        ("sftp_bans_set", "Bans that were set", told.bans),
        ("sftp_uploads", "Uploads that arrived whole", told.uploads),
        (
            "sftp_uploads_incomplete",
            "Uploads that did not",
            told.uploads_incomplete,
        ),
        (
            "sftp_files_collected",
            "Destination files of which every byte was served",
            told.files_collected,
        ),
    ];
    for (name, help, number) in counters {
        page.counter(name, help, None, number)?;
    }
    let help = "Bytes of SFTP that came in";
    page.counter("sftp_received", help, Some(&Bytes), told.bytes_received)?;
    let help = "Bytes of SFTP that went out";
    page.counter("sftp_served", help, Some(&Bytes), told.bytes_served)?;
    let help = "Clients turned away or cut off, and limits met, by reason";
    let refused = told
        .refused
        .iter()
        .map(|(why, number)| (why.as_str(), *number));
    page.counters("sftp_refused", help, "why", refused)
}
