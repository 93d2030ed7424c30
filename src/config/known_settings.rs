//! Every key of `pillarbox.toml`, with its default and a sentence on it (spec 7). What `init` writes
//! is made from here, and tests hold the typed defaults against it.

use super::{
    known_sftp::SFTP,
    schema::{Schema, Section, default, required, unset},
};

/// `pillarbox.toml`.
pub(super) const SETTINGS: Schema = Schema(&[
    Section {
        name: "",
        about: "Where things lie. A relative path starts at this file's folder.",
        settings: &[
            default(
                "state",
                "\"/var/lib/pillarbox\"",
                "The ledger, sealed uploads and the council's box.",
            ),
            default(
                "boxes",
                "\"/var/lib/pillarbox/boxes\"",
                "One folder a school; elsewhere where OpenSSH serves them. Left out: boxes/ within state.",
            ),
            default(
                "schools",
                "\"/etc/pillarbox/schools.d\"",
                "One file a school.",
            ),
            default(
                "keys",
                "\"/etc/pillarbox/keys\"",
                "Secret keys; systemd's credentials directory comes first.",
            ),
        ],
    },
    Section {
        name: "council",
        about: "Who you are. Schools read this in README.txt and on every receipt.",
        settings: &[
            required("name", "\"Example County Council\"", "The council's name."),
            required("la", "860", "The local authority's number, three digits."),
            unset(
                "domain",
                "\"council.example\"",
                "Signs receipts as receipts@DOMAIN. Left out: made from the name, under .invalid.",
            ),
            unset(
                "contact",
                "\"careers@council.example\"",
                "Whom schools should ask.",
            ),
            unset(
                "privacy_notice",
                "\"https://council.example/privacy\"",
                "Where pupils read what is done with their data.",
            ),
        ],
    },
    Section {
        name: "council.person",
        about: "The council's own analysts, who log in as `council`. As many sections as you like.",
        settings: &[
            required("name", "\"Jo Example\"", "The person's name."),
            required(
                "keys",
                "[\"ssh-ed25519 AAAA… jo\"]",
                "Public keys as OpenSSH writes them.",
            ),
            default(
                "may",
                "[\"upload\", \"collect\"]",
                "Put extracts into extracts/, read what lies in reports/, or both.",
            ),
            unset(
                "until",
                "2028-07-31",
                "The last day of the person's rights.",
            ),
        ],
    },
    SFTP,
    Section {
        name: "intake",
        about: "What schools put into inbox/.",
        settings: &[
            default(
                "linger",
                "\"30 s\"",
                "How long a file stays in inbox/ after it was taken: clients look at it once more.",
            ),
            default(
                "settle",
                "\"2 s\"",
                "Folder mode: how long a file must be unchanged before it counts as complete.",
            ),
            default(
                "rescan",
                "\"5 s\"",
                "How often folders are looked through, whatever the kernel tells in between.",
            ),
            default(
                "max_bad_rows",
                "10",
                "Per cent. A list with more bad rows than this (and at least 3) is refused whole.",
            ),
            default("max_bytes", "\"16 MiB\"", "The largest upload."),
            default("max_rows", "20000", "The longest list."),
        ],
    },
    Section {
        name: "reader",
        about: "The process that reads what schools send, and can do nothing else.",
        settings: &[
            default(
                "jail",
                "\"required\"",
                "\"required\": without Landlock and seccomp nothing is read. \"none\" reads in the daemon itself: for a laptop with made-up data.",
            ),
            default(
                "memory",
                "\"512 MiB\"",
                "Address space of a reader, at least 128 MiB. A file that needs more is refused.",
            ),
            default(
                "time",
                "\"20 s\"",
                "How long reading one file may take; then it is refused.",
            ),
        ],
    },
    Section {
        name: "consent",
        about: "What the signed form says on how long a consent lasts.",
        settings: &[
            default(
                "expires",
                "\"earliest\"",
                "\"earliest\" of 18th birthday, two years from consent, two years after leaving; or \"two-years-after-leaving\".",
            ),
            default(
                "year12_list",
                "\"warn\"",
                "Where no list has come since the September after leaving: \"warn\", or \"hold\".",
            ),
        ],
    },
    Section {
        name: "destinations",
        about: "The extract of the caseload system.",
        settings: &[
            default(
                "max_age",
                "\"45 days\"",
                "An older extract is not shared from.",
            ),
            default(
                "year11_school",
                "\"required\"",
                "\"required\": a record must tell its Year 11 school. \"when-present\" accepts that any school could ask where any child went.",
            ),
            default(
                "hold_providers",
                "[]",
                "Providers whose name alone tells too much; records with them wait for an officer.",
            ),
            default(
                "settle",
                "\"60 s\"",
                "How long an extract must be unchanged before it counts as complete.",
            ),
            default(
                "max_fall",
                "20",
                "Per cent. An extract with so many fewer rows than the last holds all releases.",
            ),
        ],
    },
    Section {
        name: "destinations.columns",
        about: "The extract's headers, where they are none of those that Pillarbox knows.",
        settings: &[
            unset("forename", "\"Forename\"", "The young person's forename."),
            unset("surname", "\"Surname\"", "The young person's surname."),
            unset("date_of_birth", "\"Date of birth\"", "The date of birth."),
            unset("upn", "\"UPN\"", "The Unique Pupil Number."),
            unset("uln", "\"ULN\"", "The Unique Learner Number."),
            unset(
                "year11_school",
                "\"Year 11 school\"",
                "The Year 11 school, by LAESTAB or URN.",
            ),
            unset(
                "activity_code",
                "\"Activity code\"",
                "What the young person does.",
            ),
            unset("provider", "\"Provider\"", "Provider or employer."),
            unset("start_date", "\"Start date\"", "When that began."),
            unset(
                "confirmed_on",
                "\"Date verified\"",
                "When it was last confirmed.",
            ),
            unset(
                "currency_lapsed",
                "\"Currency lapsed\"",
                "Whether the record is no longer current.",
            ),
            unset(
                "due_to_lapse",
                "\"Due to lapse\"",
                "The day on which it lapses.",
            ),
            unset(
                "cohort_status",
                "\"Cohort status\"",
                "Whether sharing is possible at all.",
            ),
            unset("send_flag", "\"SEND flag\"", "Whether there is an EHCP."),
            unset(
                "client_id",
                "\"Client id\"",
                "Rows with the same id are one person.",
            ),
        ],
    },
    Section {
        name: "release",
        about: "Destination files.",
        settings: &[
            default("keep", "\"30 days\"", "How long a file stays in outbox/."),
            default(
                "catch_up",
                "\"7 days\"",
                "A moment missed while the daemon was down is caught up if it is no older.",
            ),
        ],
    },
    Section {
        name: "requests",
        about: "Releases outside the schedule, which a school asks for.",
        settings: &[
            default(
                "approval",
                "\"automatic\"",
                "\"automatic\", or \"manual\": an officer approves each.",
            ),
            default(
                "min_interval",
                "\"28 days\"",
                "The least time between two of one school.",
            ),
            default("max_per_day", "5", "The council's capacity."),
        ],
    },
    Section {
        name: "notices",
        about: "Notices ask a school to destroy what it holds on a pupil who withdrew.",
        settings: &[default(
            "remind_after",
            "\"14 days\"",
            "A school that has not confirmed is reminded after so long, and again after each such time.",
        )],
    },
    Section {
        name: "retention",
        about: "How long everything is kept. What is still needed stays: a file in an outbox, an open notice, an unanswered request or discrepancy.",
        settings: &[
            default(
                "uploads",
                "\"30 days\"",
                "Uploads, sealed, and what schools wrote of discrepancies that were answered.",
            ),
            default(
                "disclosures",
                "\"3 years\"",
                "What releases told of their pupils: a consent lasts two years, and a year is left for questions. That a release was made, when, for whom and with how many pupils, stays.",
            ),
            default(
                "receipts",
                "\"6 years\"",
                "Receipts, in receipts/ and in the ledger: the time in which claims can be made.",
            ),
            default(
                "notices",
                "\"2 years\"",
                "Whom a notice was about, from the day on which the school confirmed it.",
            ),
            unset(
                "archive_recipient",
                "\"age1…\"",
                "Once judged, uploads are sealed to this key instead of the ledger's, and opened with «age -d -i KEY spool/S000123.age»; keep its secret half elsewhere.",
            ),
        ],
    },
    Section {
        name: "review",
        about: "Reviews never block; `pillarbox status` shows which are due.",
        settings: &[default(
            "agreement",
            "\"1 year\"",
            "How long after signature or the last review the next one is due.",
        )],
    },
    Section {
        name: "backup",
        about: "Copies for a day on which the disk is lost: «pillarbox backup FILE», «pillarbox restore FILE».",
        settings: &[
            unset(
                "recipient",
                "\"age1…\"",
                "Backups are sealed to this key; make it with age-keygen on another machine, and keep its secret half there.",
            ),
            default(
                "remind_after",
                "\"8 days\"",
                "`pillarbox status` warns when the last backup is older.",
            ),
            default(
                "keep_notes",
                "\"400 days\"",
                "Sealed notes of withdrawals told to the council and of erasures, from which a restored ledger learns of them. Longer than the oldest backup that you would restore.",
            ),
        ],
    },
    Section {
        name: "metrics",
        about: "Numbers for a monitoring system (OpenMetrics).",
        settings: &[unset(
            "listen",
            "\"[::1]:9022\"",
            "Address and port of /metrics and /health (docs/metrics.md). Best a loopback address: nobody is asked for a password. Left out: nothing listens.",
        )],
    },
    Section {
        name: "schedule",
        about: "When releases are made, by the clock on the wall. As many sections as you like, each with dates or cron.",
        settings: &[
            required("name", "\"spring-activity-survey\"", "Stands on receipts."),
            unset("dates", "[\"2027-03-01 06:00\"]", "These moments."),
            unset(
                "cron",
                "\"0 6 1 * *\"",
                "Or a pattern: minute, hour, day of month, month, day of week.",
            ),
        ],
    },
]);
