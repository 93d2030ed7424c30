//! `[sftp]` of `pillarbox.toml` to [`Sftp`].

use std::{ops::RangeInclusive, time::Duration};

use super::{
    sftp_settings::{KeyExchange, Sftp},
    table::Table,
    values::{Bare, boolean, bytes, length, socket, text, whole, word},
};

/// The front end's settings, where there is such a section.
pub(super) fn sftp(table: &Table<'_>) -> Option<Sftp> {
    table.is_present().then(|| {
        let default = Sftp::default();
        let sftp = Sftp {
            listen: table.read("listen", socket).unwrap_or(default.listen),
            host: table.read("host", text),
            in_daemon: table
                .read("in_daemon", boolean)
                .unwrap_or(default.in_daemon),
            key_exchange: table
                .read("key_exchange", word(KEY_EXCHANGES))
                .unwrap_or_default(),
            ..default
        };
        space(table, bans(table, limits(table, waits(table, sftp))))
    })
}

fn waits(table: &Table<'_>, default: Sftp) -> Sftp {
    let wait = |key, default| {
        let kind = length(Bare::Seconds, A_SECOND);
        table.read(key, kind).unwrap_or(default)
    };
    Sftp {
        login_grace: wait("login_grace", default.login_grace),
        idle: wait("idle", default.idle),
        unfinished: wait("unfinished", default.unfinished),
        rekey_time: wait("rekey_time", default.rekey_time),
        ..default
    }
}

fn limits(table: &Table<'_>, default: Sftp) -> Sftp {
    let count = |key, default| {
        let read = table.read(key, whole(COUNTS));
        read.and_then(|number| usize::try_from(number).ok())
            .unwrap_or(default)
    };
    let sftp = Sftp {
        max_unauthenticated: count("max_unauthenticated", default.max_unauthenticated),
        max_unauthenticated_per_address: count(
            "max_unauthenticated_per_address",
            default.max_unauthenticated_per_address,
        ),
        max_sessions: count("max_sessions", default.max_sessions),
        max_sessions_per_school: count("max_sessions_per_school", default.max_sessions_per_school),
        max_sessions_per_address: count(
            "max_sessions_per_address",
            default.max_sessions_per_address,
        ),
        max_handles: count("max_handles", default.max_handles),
        max_files: count("max_files", default.max_files),
        ..default
    };
    if sftp.max_unauthenticated_per_address > sftp.max_unauthenticated {
        let what = "`max_unauthenticated_per_address` is more than `max_unauthenticated`: one address could keep all others out";
        table.error(
            "max_unauthenticated_per_address",
            what,
            "make it a quarter of the other, or less",
        );
    }
    sftp
}

fn bans(table: &Table<'_>, default: Sftp) -> Sftp {
    let wait = |key, default| {
        let kind = length(Bare::Seconds, A_SECOND);
        table.read(key, kind).unwrap_or(default)
    };
    Sftp {
        max_failed_logins: table
            .read("max_failed_logins", whole(COUNTS))
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(default.max_failed_logins),
        failed_logins_within: wait("failed_logins_within", default.failed_logins_within),
        ban: wait("ban", default.ban),
        ..default
    }
}

fn space(table: &Table<'_>, default: Sftp) -> Sftp {
    let size = |key, default| table.read(key, bytes).unwrap_or(default);
    let sftp = Sftp {
        box_quota: size("box_quota", default.box_quota),
        max_extract: size("max_extract", default.max_extract),
        rekey_bytes: size("rekey_bytes", default.rekey_bytes),
        spare_disk: size("spare_disk", default.spare_disk),
        ..default
    };
    if !REKEY_BYTES.contains(&sftp.rekey_bytes) {
        let what = "`rekey_bytes` must be from 1 MiB, or nothing else would be sent, to 1 GiB, as RFC 4253 has it";
        table.error("rekey_bytes", what, "such as \"1 GiB\"");
    }
    sftp
}

const KEY_EXCHANGES: &[(&str, KeyExchange)] = &[
    ("default", KeyExchange::Default),
    ("post-quantum-only", KeyExchange::PostQuantumOnly),
];
/// With none at all nobody would be served; more than these are a slip.
const COUNTS: RangeInclusive<u64> = 1..=100_000;
/// A shorter wait would cut everybody off.
const A_SECOND: Duration = Duration::from_secs(1);
/// What one key may encrypt.
const REKEY_BYTES: RangeInclusive<u64> = 1 << 20..=1 << 30;
