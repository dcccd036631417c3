-- When each input has data: events by hour, duplicates included. Tells a source that paused from one that is complete.
CREATE TABLE source_hours (
    ledger_id INTEGER NOT NULL,
    hour TIMESTAMP NOT NULL,
    events BIGINT NOT NULL
);
