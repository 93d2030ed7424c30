-- The ledger's first schema. Instants are microseconds since 1970 in UTC, days are Julian day numbers
-- (`date(given_on)` reads them), schools are LAESTABs. `sealed` columns open only with the ledger key, and
-- only in their own row. Tables that take rows by the million carry no foreign keys and no second index.

CREATE TABLE meta (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    mode     TEXT NOT NULL CHECK (mode IN ('fresh', 'live', 'rehearsal')),
    last     INTEGER
) STRICT;
INSERT INTO meta VALUES (1, 'fresh', NULL);

CREATE TABLE counter (
    letter TEXT PRIMARY KEY,
    last   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES ('S', 0), ('R', 0), ('Q', 0), ('D', 0), ('T', 0);

-- Every act that matters; `hash` covers the row and the hash of the row before. Ids and hashes only.
CREATE TABLE trail (
    seq          INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    actor_name   TEXT,
    actor_number INTEGER,
    actor_key    TEXT,
    verb         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    school       INTEGER,
    detail       TEXT NOT NULL,
    hash         BLOB NOT NULL
) STRICT;
CREATE TRIGGER trail_is_never_changed BEFORE UPDATE ON trail
BEGIN SELECT raise(ABORT, 'the trail is append-only'); END;
CREATE TRIGGER trail_is_never_shortened BEFORE DELETE ON trail
BEGIN SELECT raise(ABORT, 'the trail is append-only'); END;

CREATE TABLE checkpoint (
    seq       INTEGER PRIMARY KEY,
    hash      BLOB NOT NULL,
    at        INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT;

-- `revision` counts the changes of the school's consents.
CREATE TABLE school (
    id       INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE submission (
    id          INTEGER PRIMARY KEY,
    school      INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    taken_at    INTEGER NOT NULL,
    taken_real  INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    sha256      BLOB NOT NULL,
    uploaded_by TEXT,
    identity    BLOB NOT NULL UNIQUE,
    spool       TEXT,
    stat        BLOB,
    lingering   INTEGER NOT NULL,
    judged      INTEGER NOT NULL DEFAULT 0,
    outcome     TEXT,
    effective   INTEGER NOT NULL DEFAULT 0,
    sealed      BLOB NOT NULL
) STRICT;
CREATE INDEX submission_unjudged ON submission (id) WHERE judged = 0;
CREATE INDEX submission_lingering ON submission (id) WHERE lingering = 1;
CREATE INDEX submission_spooled ON submission (taken_at) WHERE spool IS NOT NULL;
CREATE INDEX submission_latest ON submission (school, kind, id) WHERE judged = 1;

-- One row a pupil. `standing`: 0 in force, 1 lapsed, 2 withdrawn. The plain columns are sealed too, so
-- that a change of them from outside is noticed.
CREATE TABLE consent (
    school       INTEGER NOT NULL,
    pupil        INTEGER NOT NULL,
    standing     INTEGER NOT NULL,
    withdrawn_on INTEGER,
    given_on     INTEGER NOT NULL,
    assumed      INTEGER NOT NULL,
    ehcp         INTEGER NOT NULL,
    cohort       INTEGER NOT NULL,
    held_by      INTEGER,
    source       INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    normal_form  INTEGER NOT NULL,
    upn          BLOB,
    uln          BLOB,
    k1           BLOB,
    k2           BLOB,
    forename     BLOB,
    surname      BLOB,
    sealed       BLOB NOT NULL,
    PRIMARY KEY (school, pupil)
) STRICT, WITHOUT ROWID;

-- Who did not consent: keyed hashes and nothing else.
CREATE TABLE refusal (
    school INTEGER NOT NULL,
    person BLOB NOT NULL,
    source INTEGER NOT NULL,
    PRIMARY KEY (school, person)
) STRICT, WITHOUT ROWID;

-- Withdrawals that fitted nobody yet.
CREATE TABLE remembered (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    school INTEGER NOT NULL,
    source INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX remembered_by_school ON remembered (school, id);

CREATE TABLE last_list (
    school     INTEGER NOT NULL,
    cohort     INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    submission INTEGER NOT NULL,
    listed_on  INTEGER NOT NULL,
    PRIMARY KEY (school, cohort)
) STRICT, WITHOUT ROWID;

CREATE TABLE extract (
    id          INTEGER PRIMARY KEY,
    state       TEXT NOT NULL,
    sha256      BLOB NOT NULL,
    rows        INTEGER NOT NULL,
    exported_on INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    path        TEXT NOT NULL,
    year11_path TEXT,
    encoding    TEXT NOT NULL,
    format      TEXT NOT NULL,
    sealed      BLOB NOT NULL
) STRICT;

CREATE TABLE release (
    id          INTEGER PRIMARY KEY,
    school      INTEGER NOT NULL,
    cause       TEXT NOT NULL,
    occasion    TEXT,
    at          INTEGER NOT NULL,
    state       TEXT NOT NULL,
    supersedes  INTEGER REFERENCES release (id),
    extract     INTEGER REFERENCES extract (id),
    expiry_rule TEXT NOT NULL,
    counts      TEXT NOT NULL,
    recipients  TEXT NOT NULL DEFAULT '[]',
    keep_until  INTEGER,
    sound_until INTEGER,
    revision    INTEGER NOT NULL,
    closed_at   INTEGER,
    owed        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX release_owed ON release (id) WHERE owed = 1;
CREATE INDEX release_by_school ON release (school, id);
CREATE UNIQUE INDEX release_once ON release (occasion, school) WHERE occasion IS NOT NULL;
CREATE INDEX release_unfinished ON release (id) WHERE state IN ('planned', 'sealed');
CREATE INDEX release_live ON release (school, id) WHERE state = 'published';

CREATE TABLE release_file (
    release INTEGER NOT NULL REFERENCES release (id),
    format  TEXT NOT NULL,
    name    TEXT NOT NULL,
    bytes   INTEGER NOT NULL,
    sha256  BLOB NOT NULL,
    PRIMARY KEY (release, format)
) STRICT, WITHOUT ROWID;

CREATE TABLE disclosure (
    release INTEGER NOT NULL,
    pupil   INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (release, pupil)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
    id        INTEGER PRIMARY KEY,
    subject   TEXT NOT NULL,
    suffix    TEXT NOT NULL,
    school    INTEGER NOT NULL,
    published INTEGER NOT NULL,
    sealed    BLOB NOT NULL,
    UNIQUE (subject, suffix)
) STRICT;
CREATE INDEX receipt_unpublished ON receipt (id) WHERE published = 0;

CREATE TABLE request (
    id          INTEGER PRIMARY KEY,
    school      INTEGER NOT NULL,
    submission  INTEGER REFERENCES submission (id),
    asked_at    INTEGER NOT NULL,
    state       TEXT NOT NULL,
    answered_at INTEGER,
    release     INTEGER,
    sealed      BLOB NOT NULL
) STRICT;
CREATE INDEX request_waiting ON request (id) WHERE state = 'waiting';
CREATE INDEX request_granted ON request (answered_at) WHERE state = 'granted';
CREATE INDEX request_by_school ON request (school, id);

-- `school` 0 is all of them.
CREATE TABLE hold (
    school INTEGER PRIMARY KEY,
    since  INTEGER NOT NULL,
    recall INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE schedule (
    name        TEXT PRIMARY KEY,
    known_since INTEGER NOT NULL,
    last_done   INTEGER
) STRICT, WITHOUT ROWID;
