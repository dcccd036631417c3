-- Times are UTC TIMESTAMP; addresses are text. Every row that came from an input bears its ledger entry.

CREATE TABLE runs (
    run_id INTEGER PRIMARY KEY,
    started TIMESTAMP NOT NULL,
    finished TIMESTAMP,
    command VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    catalog VARCHAR NOT NULL
);

-- One row per distinct content, however often and under whatever names it was met.
CREATE TABLE files (
    file_id INTEGER PRIMARY KEY,
    path VARCHAR NOT NULL,              -- where it was met last, "archive!member" for members
    kind VARCHAR NOT NULL,              -- log or capture
    compression VARCHAR NOT NULL,
    encoding VARCHAR,
    size BIGINT,                        -- on disk, bytes
    modified TIMESTAMP,
    head_length BIGINT NOT NULL,        -- identity: this many first bytes (decompressed) ...
    head_sha256 VARCHAR NOT NULL,       -- ... have this hash
    consumed BIGINT NOT NULL,           -- read up to this byte (decompressed) ...
    marker_from BIGINT NOT NULL,        -- ... and the bytes from here to there ...
    marker_sha256 VARCHAR NOT NULL,     -- ... have this hash
    next_line BIGINT NOT NULL,
    open_ledger INTEGER,                -- entry of an unterminated last line; undone if the line grows
    layout VARCHAR,                     -- JSON: columns as the file's header last named them
    complete BOOLEAN NOT NULL,          -- FALSE: damaged or not recognised
    problem VARCHAR,
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL
);

CREATE TABLE ledger (
    ledger_id INTEGER PRIMARY KEY,
    file_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    from_offset BIGINT NOT NULL,
    to_offset BIGINT NOT NULL,
    first_line BIGINT NOT NULL,
    lines BIGINT NOT NULL,              -- lines (or packets) = used + skipped + rejected
    used BIGINT NOT NULL,               -- lines: events + duplicates; packets: dissected
    events BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,         -- events already counted from another file
    ai_events BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,            -- of the raw bytes of the range
    first_ts TIMESTAMP,
    last_ts TIMESTAMP,
    filled VARCHAR NOT NULL,            -- JSON: event column -> events that fill it
    committed TIMESTAMP NOT NULL
);

CREATE TABLE ledger_formats (ledger_id INTEGER NOT NULL, format VARCHAR NOT NULL, lines BIGINT NOT NULL);
CREATE TABLE skips (ledger_id INTEGER NOT NULL, reason VARCHAR NOT NULL, lines BIGINT NOT NULL);
CREATE TABLE rejects (
    ledger_id INTEGER NOT NULL,
    line BIGINT NOT NULL,
    byte_offset BIGINT NOT NULL,
    reason VARCHAR NOT NULL,
    excerpt VARCHAR NOT NULL
);

-- Hashes of event lines: an event met again in another file is not counted again.
CREATE TABLE line_keys (ledger_id INTEGER NOT NULL, key UBIGINT NOT NULL);

CREATE TABLE hosts (
    host VARCHAR PRIMARY KEY,
    verdict VARCHAR NOT NULL,           -- service, shared, candidate or none
    service VARCHAR,
    signature VARCHAR,
    catalog VARCHAR NOT NULL            -- version of the catalogue that gave the label
);

-- All traffic, rolled up by day.
CREATE TABLE usage (
    ledger_id INTEGER NOT NULL,
    day DATE,
    kind VARCHAR NOT NULL,
    host VARCHAR,
    "user" VARCHAR,
    device VARCHAR,                     -- address of the client, else its name
    action VARCHAR,
    requests BIGINT NOT NULL,
    bytes_out BIGINT,
    bytes_in BIGINT
);
