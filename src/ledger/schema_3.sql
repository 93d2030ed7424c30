-- The third step: what follows a release.

-- A withdrawal whose consequences are still to be drawn: `braked` where its notice waits for an analyst.
-- What the consent was before is kept only so long, so that an analyst can undo a file of withdrawals.
CREATE TABLE withdrawal (
    submission       INTEGER NOT NULL,
    pupil            INTEGER NOT NULL,
    school           INTEGER NOT NULL,
    at               INTEGER NOT NULL,
    braked           INTEGER NOT NULL,
    was_standing     INTEGER NOT NULL,
    was_withdrawn_on INTEGER,
    was_held_by      INTEGER,
    PRIMARY KEY (submission, pupil)
) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawal_braked ON withdrawal (school) WHERE braked = 1;

-- A school was asked to destroy what it holds on pupils.
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY,
    school     INTEGER NOT NULL,
    submission INTEGER NOT NULL,
    opened_at  INTEGER NOT NULL,
    closed_at  INTEGER,
    closed_by  INTEGER,
    reminders  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX notice_open ON notice (school, id) WHERE closed_at IS NULL;
CREATE TABLE notice_pupil (
    notice   INTEGER NOT NULL,
    pupil    INTEGER NOT NULL,
    releases TEXT NOT NULL,
    -- The name and the day of birth that those releases told; gone once they are erased.
    sealed   BLOB,
    PRIMARY KEY (notice, pupil)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_pupil_by_pupil ON notice_pupil (pupil);

-- A consent that an analyst tied to a record: it holds for this version of the consent, and as long as
-- the record stays the same.
CREATE TABLE tie (
    school  INTEGER NOT NULL,
    pupil   INTEGER NOT NULL,
    version INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    -- The extract that was last looked through for the record.
    seen_in INTEGER,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (school, pupil)
) STRICT, WITHOUT ROWID;

-- What a school found wrong in what it received, and what was answered. `corrected_by` is the next file that
-- was made for the school; `sealed` is empty once it was erased.
CREATE TABLE discrepancy (
    submission   INTEGER PRIMARY KEY,
    school       INTEGER NOT NULL,
    reported_at  INTEGER NOT NULL,
    resolved_at  INTEGER,
    corrected_by INTEGER,
    sealed       BLOB NOT NULL
) STRICT;
CREATE INDEX discrepancy_open ON discrepancy (submission) WHERE resolved_at IS NULL;
CREATE INDEX discrepancy_uncorrected ON discrepancy (school) WHERE corrected_by IS NULL;

-- Who was erased, by keyed hash only: a consent of this day or an earlier one shares nothing.
CREATE TABLE barred (
    school INTEGER NOT NULL,
    person BLOB NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (school, person)
) STRICT, WITHOUT ROWID;

-- Since when it is known that a file, a key or a school's copies fell into the wrong hands.
CREATE TABLE breach (
    about       TEXT PRIMARY KEY,
    known_at    INTEGER NOT NULL,
    -- When the regulator was told, or it was found that nobody need be.
    reported_at INTEGER
) STRICT, WITHOUT ROWID;

-- How many consents of a school end within so many days, as counted on a day: `status` has no key.
CREATE TABLE forecast (
    school      INTEGER PRIMARY KEY,
    counted     INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    expiry_rule TEXT NOT NULL,
    in_30       INTEGER NOT NULL,
    in_90       INTEGER NOT NULL
) STRICT;

-- When a job that is done once a day was last done.
CREATE TABLE daily (
    job     TEXT PRIMARY KEY,
    done_on INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Reminders of a file that nobody has collected.
ALTER TABLE release ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
-- An officer's yes to a request that waits.
ALTER TABLE request ADD COLUMN approved_at INTEGER;
-- Told by a pupil to the council, and not uploaded by the school.
ALTER TABLE submission ADD COLUMN by_council INTEGER NOT NULL DEFAULT 0;
-- When a receipt was written: it is kept so long and no longer. `published` is 2 once it is gone.
ALTER TABLE receipt ADD COLUMN at INTEGER;
UPDATE receipt SET at = coalesce(
    (SELECT taken_at FROM submission
     WHERE subject GLOB 'S*' AND submission.id = CAST(substr(subject, 2) AS INTEGER)),
    (SELECT release.at FROM release
     WHERE subject GLOB 'R*' AND release.id = CAST(substr(subject, 2) AS INTEGER)));
CREATE INDEX receipt_kept ON receipt (at) WHERE published = 1;
