-- The sixth step: what the council's files said when they were last looked at.

-- A digest of what a school's file says of its agreement, its persons and their keys; 0 is `pillarbox.toml`.
CREATE TABLE file_digest (
    school INTEGER PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT;
