//! The tables, and their version.

/// Marks a SQLite file as ours: "post".
pub(super) const APPLICATION_ID: i32 = 0x706f_7374;

/// The version of the tables. A store of a newer one is refused.
pub(super) const VERSION: i32 = 11;

/// What makes each version of the one before it, from nothing on.
pub(super) const STEPS: [&str; VERSION as usize] = [
    TABLES,
    SCAN_NUMBERS,
    LETTER_REFERENCES,
    FINDINGS_OF_RANGES,
    LISTINGS_BY_CLAIM,
    ARRIVALS,
    UNFINISHED_SCANS,
    OBJECTIONS,
    BOOTS_ELSEWHERE,
    BLOCK_LISTS,
    OWN_ADDRESSES,
];

/// Version 11: from which addresses others saw the probes of a scan, with spaces between them.
const OWN_ADDRESSES: &str = "
ALTER TABLE scans ADD COLUMN addresses TEXT NOT NULL DEFAULT '';
";

/// Version 10: which block lists a scan asked, what their codes mean, and whether they may be quoted, as JSON.
const BLOCK_LISTS: &str = "
ALTER TABLE scans ADD COLUMN lists TEXT NOT NULL DEFAULT '[]';
";

/// Version 9: boots whose arrivals came from another store. This computer never takes such a device's name for its
/// own: its next boot would be one that the other store has, too.
const BOOTS_ELSEWHERE: &str = "
ALTER TABLE boots ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0;
";

/// Version 8: objections, by the arrival that is one, and what a person decided. Whom an objection keeps
/// us from is read from the arrival: the job that it quotes may become known later.
const OBJECTIONS: &str = "
CREATE TABLE objections (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    decision    TEXT CHECK (decision IN ('kept', 'lifted')),
    decided_utc INTEGER,
    UNIQUE (device, boot, number),
    FOREIGN KEY (device, boot, number) REFERENCES arrivals
) STRICT;
";

/// Version 7: which scan came to its end, so that one that did not can go on. `plan` stands for the link, the
/// scope and the list; `left_out` has a bit for each line of the list that this boot was not given. And how many
/// refusals a target gave for a finding.
const UNFINISHED_SCANS: &str = "
ALTER TABLE scan_numbers ADD COLUMN plan INTEGER;
ALTER TABLE scan_numbers ADD COLUMN over INTEGER NOT NULL DEFAULT 0;
ALTER TABLE findings ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;
CREATE TABLE scan_lists (
    scan        INTEGER NOT NULL,
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    left_out    BLOB NOT NULL,
    PRIMARY KEY (scan, device, boot),
    FOREIGN KEY (device, boot) REFERENCES boots
) STRICT, WITHOUT ROWID;
";

/// Version 6: keys of tokens, what came to sinks, and records of that kind. A scan of an earlier version has no
/// key: its addresses carried no tokens.
const ARRIVALS: &str = "
CREATE TABLE records_of_all_kinds (
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    stored_utc  INTEGER NOT NULL,
    PRIMARY KEY (device, boot, number),
    FOREIGN KEY (device, boot) REFERENCES boots
) STRICT, WITHOUT ROWID;
INSERT INTO records_of_all_kinds SELECT device, boot, number, kind, stored_utc FROM records;
DROP TABLE records;
ALTER TABLE records_of_all_kinds RENAME TO records;
-- What tokens are made with. The newest one is in use; the others verify what they made.
CREATE TABLE keys (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    key         BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
    made_utc    INTEGER NOT NULL
) STRICT;
ALTER TABLE scans ADD COLUMN key BLOB;
ALTER TABLE scans ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
-- What came to a sink: `record` is the whole arrival in postcard, as the link's `format` has it; `serial` is the
-- job that its token names.
CREATE TABLE arrivals (
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    at_utc      INTEGER NOT NULL,
    serial      INTEGER,
    format      INTEGER NOT NULL,
    record      BLOB NOT NULL,
    PRIMARY KEY (device, boot, number),
    FOREIGN KEY (device, boot, number) REFERENCES records
) STRICT;
CREATE INDEX arrivals_of_job ON arrivals (serial);
";

/// Version 5: a database may list an address more than once, for different things. `listed_as` and `listed_code` are empty where the list
/// does not say. `imported_utc` is NULL where only scans named the suspect, `only_imported` true where none did.
const LISTINGS_BY_CLAIM: &str = "
CREATE TABLE listings_by_claim (
    suspect      INTEGER NOT NULL REFERENCES suspects,
    listed_by    TEXT NOT NULL,
    listed_as    TEXT NOT NULL,
    listed_code  TEXT NOT NULL,
    listed_on    TEXT,
    listed_since TEXT,
    UNIQUE (suspect, listed_by, listed_as, listed_code)
) STRICT;
INSERT INTO listings_by_claim
SELECT suspect, listed_by, '', coalesce(listed_code, ''), listed_on, NULL FROM listings ORDER BY rowid;
DROP TABLE listings;
ALTER TABLE listings_by_claim RENAME TO listings;
ALTER TABLE suspects ADD COLUMN imported_utc INTEGER;
ALTER TABLE suspects ADD COLUMN only_imported INTEGER NOT NULL DEFAULT 0;
";

/// Version 4: a record may be the findings of many dead targets, so a finding's name is the record and the job.
const FINDINGS_OF_RANGES: &str = "
CREATE TABLE findings_by_job (
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    job         INTEGER NOT NULL REFERENCES jobs,
    revision    INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    depth       TEXT NOT NULL,
    began_utc   INTEGER NOT NULL,
    ended_utc   INTEGER NOT NULL,
    rules       INTEGER NOT NULL,
    verdict     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    format      INTEGER NOT NULL,
    record      BLOB NOT NULL,
    PRIMARY KEY (device, boot, number, job),
    FOREIGN KEY (device, boot, number) REFERENCES records
) STRICT;
INSERT INTO findings_by_job
SELECT device, boot, number, job, revision, last, depth, began_utc, ended_utc,
       rules, verdict, reason, format, record
FROM findings;
DROP TABLE findings;
ALTER TABLE findings_by_job RENAME TO findings;
CREATE INDEX findings_of_job ON findings (job);
";

/// Version 3: the networks and time zones of contacts, and the references of letters. A letter's case is a contact and a network; `contact` is
/// empty where the list has none.
const LETTER_REFERENCES: &str = "
CREATE TABLE letter_references (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    reference   TEXT NOT NULL UNIQUE,
    first_case  INTEGER NOT NULL REFERENCES cases,
    contact     TEXT NOT NULL,
    network     TEXT NOT NULL,
    given_utc   INTEGER NOT NULL,
    UNIQUE (contact, network)
) STRICT;
ALTER TABLE suspects ADD COLUMN network TEXT;
ALTER TABLE suspects ADD COLUMN time_zone TEXT;
";

/// Version 2: numbers that scans had on their devices. A device takes a number that it knows for
/// the scan that it knows.
const SCAN_NUMBERS: &str = "
CREATE TABLE scan_numbers (
    number      INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
    drawn_utc   INTEGER NOT NULL
) STRICT;
";

/// Version 1.
const TABLES: &str = "
-- One start of a device, and what ties its clock to UTC.
CREATE TABLE boots (
    device      BLOB NOT NULL CHECK (length(device) = 8),
    boot        INTEGER NOT NULL,
    anchor_ms   INTEGER,
    anchor_utc  INTEGER,
    PRIMARY KEY (device, boot)
) STRICT, WITHOUT ROWID;

-- Under what a boot was scanned: by whose authority, and who we said that we are.
CREATE TABLE scans (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    began_utc   INTEGER NOT NULL,
    scope       BLOB NOT NULL,
    FOREIGN KEY (device, boot) REFERENCES boots
) STRICT;

-- Every record that was taken, by the name that it has for ever.
CREATE TABLE records (
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('finding', 'refused', 'over', 'lost')),
    stored_utc  INTEGER NOT NULL,
    PRIMARY KEY (device, boot, number),
    FOREIGN KEY (device, boot) REFERENCES boots
) STRICT, WITHOUT ROWID;

-- One address and port under one probe.
CREATE TABLE cases (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    address     TEXT NOT NULL,
    port        INTEGER NOT NULL,
    probe       TEXT NOT NULL,
    UNIQUE (address, port, probe)
) STRICT;

CREATE TABLE jobs (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL REFERENCES cases,
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    serial      INTEGER NOT NULL,
    scan        INTEGER REFERENCES scans,
    over        INTEGER NOT NULL DEFAULT 0,
    UNIQUE (device, serial),
    FOREIGN KEY (device, boot) REFERENCES boots
) STRICT;
CREATE INDEX jobs_of_case ON jobs (case_number);

-- A job's evidence: `record` is the whole finding in postcard, as the link's `format` has it.
CREATE TABLE findings (
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    job         INTEGER NOT NULL REFERENCES jobs,
    revision    INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    depth       TEXT NOT NULL,
    began_utc   INTEGER NOT NULL,
    ended_utc   INTEGER NOT NULL,
    rules       INTEGER NOT NULL,
    verdict     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    format      INTEGER NOT NULL,
    record      BLOB NOT NULL,
    PRIMARY KEY (device, boot, number),
    FOREIGN KEY (device, boot, number) REFERENCES records
) STRICT;
CREATE INDEX findings_of_job ON findings (job);

-- What a job's evidence was judged to say. Nothing is ever changed here, only added.
CREATE TABLE judgements (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    job         INTEGER NOT NULL REFERENCES jobs,
    judged_utc  INTEGER NOT NULL,
    seen_utc    INTEGER NOT NULL,
    depth       TEXT NOT NULL,
    rules       INTEGER NOT NULL,
    verdict     TEXT NOT NULL,
    reason      TEXT NOT NULL
) STRICT;
CREATE INDEX judgements_of_job ON judgements (job);

-- What a device could not keep.
CREATE TABLE losses (
    device      BLOB NOT NULL,
    boot        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    address     TEXT NOT NULL,
    port        INTEGER NOT NULL,
    verdict     TEXT NOT NULL,
    PRIMARY KEY (device, boot, number),
    FOREIGN KEY (device, boot, number) REFERENCES records
) STRICT, WITHOUT ROWID;

-- Suspects that were not probed. `device` is NULL where the host itself refused.
CREATE TABLE refusals (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    device      BLOB,
    boot        INTEGER,
    number      INTEGER,
    address     TEXT NOT NULL,
    port        INTEGER NOT NULL,
    why         TEXT NOT NULL,
    refused_utc INTEGER NOT NULL
) STRICT;

-- What the lists say about suspects.
CREATE TABLE suspects (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    address     TEXT NOT NULL,
    port        INTEGER NOT NULL,
    name        TEXT,
    domains     TEXT NOT NULL DEFAULT '',
    country     TEXT,
    language    TEXT,
    contact     TEXT,
    noted_utc   INTEGER NOT NULL,
    UNIQUE (address, port)
) STRICT;

CREATE TABLE listings (
    suspect     INTEGER NOT NULL REFERENCES suspects,
    listed_by   TEXT NOT NULL,
    listed_on   TEXT,
    listed_code TEXT,
    UNIQUE (suspect, listed_by)
) STRICT;

-- What must not be probed, whatever a scope says.
CREATE TABLE exclusions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL CHECK (kind IN ('network', 'domain')),
    what        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    since_utc   INTEGER NOT NULL,
    UNIQUE (kind, what)
) STRICT;
";
