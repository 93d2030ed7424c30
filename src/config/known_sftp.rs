//! Every key of `[sftp]`, with its default and a sentence on it (spec 8).

use super::schema::{Section, default, unset};

/// `[sftp]`.
pub(super) const SFTP: Section = Section {
    name: "sftp",
    about: "Pillarbox's own SFTP server. Without this section nothing listens (folder mode).",
    settings: &[
        default("listen", "\"[::]:2022\"", "Address and port."),
        unset(
            "host",
            "\"files.council.example\"",
            "The name under which schools reach it, for «pillarbox school welcome».",
        ),
        default(
            "in_daemon",
            "true",
            "Whether «pillarbox run» serves it. false: «pillarbox sftp» does, as a user of its own.",
        ),
        default(
            "key_exchange",
            "\"default\"",
            "\"default\": post-quantum hybrids first, then curve25519. \"post-quantum-only\": old clients stay out.",
        ),
        default(
            "login_grace",
            "\"20 s\"",
            "From connecting to being logged in.",
        ),
        default(
            "idle",
            "\"10 min\"",
            "A session in which nothing is asked for so long is ended.",
        ),
        default(
            "max_unauthenticated",
            "256",
            "Connections that have not logged in yet, in all.",
        ),
        default(
            "max_unauthenticated_per_address",
            "128",
            "The same from one address, or one /64 of IPv6.",
        ),
        default("max_sessions", "1000", "Sessions in all."),
        default("max_sessions_per_school", "100", "Sessions of one school."),
        default(
            "max_sessions_per_address",
            "500",
            "Sessions from one address: many schools may sit behind one.",
        ),
        default(
            "max_handles",
            "32",
            "Files and listings that one session has open at once.",
        ),
        default(
            "max_failed_logins",
            "10",
            "Failed logins of one account from one address before that pair is banned.",
        ),
        default(
            "failed_logins_within",
            "\"10 min\"",
            "The time within which they count together.",
        ),
        default(
            "ban",
            "\"15 min\"",
            "How long a ban lasts; «pillarbox unban» ends it sooner.",
        ),
        default(
            "box_quota",
            "\"256 MiB\"",
            "Uploads that wait in one school's inbox, together.",
        ),
        default("max_files", "1000", "Files in one inbox."),
        default(
            "unfinished",
            "\"1 h\"",
            "A file under a temporary name, left alone for so long, goes.",
        ),
        default(
            "max_extract",
            "\"2 GiB\"",
            "The largest file that the council's own analysts put into extracts/.",
        ),
        default(
            "rekey_bytes",
            "\"1 GiB\"",
            "After so much in one direction the keys are exchanged anew.",
        ),
        default("rekey_time", "\"1 h\"", "And after so long."),
        default(
            "spare_disk",
            "\"512 MiB\"",
            "Where less is free on the disk, uploads are refused.",
        ),
    ],
};
