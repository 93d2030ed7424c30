//! Every key of a school's file in `schools.d/`, with a sentence on it (spec 7).

use super::schema::{Schema, Section, default, required, unset};

/// `schools.d/<id>.toml`.
pub(super) const SCHOOL: Schema = Schema(&[
    Section {
        name: "",
        about: "A school. The file is named by its id.",
        settings: &[
            required("id", "\"8604001\"", "The LAESTAB: box and login."),
            required(
                "name",
                "\"Cannock Vale High School\"",
                "Stands on receipts.",
            ),
            unset("urn", "124001", "Also matched in extracts."),
            default("formats", "[\"csv\"]", "\"csv\", \"xlsx\" or both."),
            default("suspended", "false", "As good as an agreement that ended."),
        ],
    },
    Section {
        name: "agreement",
        about: "What both have signed.",
        settings: &[
            unset("signed", "2026-09-14", "Left out: not yet signed."),
            unset("reviewed", "2026-09-14", "The last review."),
            unset(
                "terminated",
                "2027-07-31",
                "The day from which nothing is taken or shared.",
            ),
        ],
    },
    Section {
        name: "person",
        about: "Who may act for the school.",
        settings: &[
            required("name", "\"Alex Example\"", "The person's name."),
            default(
                "keys",
                "[\"ssh-ed25519 AAAA… alex\"]",
                "Public keys as OpenSSH writes them; may be empty in folder mode.",
            ),
            unset(
                "age",
                "\"age1…\"",
                "A key to open files with; left out: the SSH keys open them.",
            ),
            default(
                "may",
                "[\"upload\", \"collect\"]",
                "What the person may do.",
            ),
            unset(
                "authorised_by",
                "\"Headteacher\"",
                "Who authorised the person.",
            ),
            unset("authorised_on", "2026-09-14", "When."),
            unset(
                "until",
                "2028-07-31",
                "The last day of the person's rights.",
            ),
        ],
    },
    Section {
        name: "contact",
        about: "The agreement's key contacts.",
        settings: &[
            required("name", "\"Sam Example\"", "Whom to ask."),
            unset("role", "\"Careers leader\"", "The post."),
            unset("email", "\"s.example@school.example\"", "Where to write."),
            unset("telephone", "\"01234 567890\"", "Where to ring."),
        ],
    },
]);
