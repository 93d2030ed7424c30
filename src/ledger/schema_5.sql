-- The step for backups: which were made, and whether this ledger is one of them that came back.

-- `sha256` is that of the sealed file, `head` the trail's last row in it.
CREATE TABLE backup (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    head   INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,
    sha256 BLOB NOT NULL
) STRICT;

-- A backup took the ledger's place. Until an operator has confirmed what was found of the time since, nothing
-- is taken, judged or shared. `counters` and the head are those of the backup; `seen` is what the trail was told
-- last of the lost time.
CREATE TABLE restore (
    id           INTEGER PRIMARY KEY,
    restored_at  INTEGER NOT NULL,
    made_at      INTEGER NOT NULL,
    sha256       BLOB NOT NULL,
    head_seq     INTEGER NOT NULL,
    head_hash    BLOB NOT NULL,
    counters     TEXT NOT NULL,
    seen         TEXT,
    confirmed_at INTEGER
) STRICT;
CREATE INDEX restore_waiting ON restore (id) WHERE confirmed_at IS NULL;

-- Notes whose act was done again after a restore.
CREATE TABLE replayed (
    note TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
