-- The second step: what Pillarbox's own SFTP server tells.

-- Why nothing of an upload was read, where nothing was: a problem's code.
ALTER TABLE submission ADD COLUMN unread TEXT;

-- Who was served bytes of which destination file: `touched_at` some of them, `collected_at` every one.
CREATE TABLE served (
    release      INTEGER NOT NULL,
    format       TEXT NOT NULL,
    person       TEXT NOT NULL,
    touched_at   INTEGER NOT NULL,
    collected_at INTEGER,
    PRIMARY KEY (release, format, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_file_by_name ON release_file (name);
