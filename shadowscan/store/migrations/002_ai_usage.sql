-- AI-related events, rolled up by half hour: what reports read instead of the events. As everything that came from an
-- input, undone with its ledger entry. Keys are what the records say and the catalogue's labels, never what a policy or
-- a list of people makes of them. `store/rollup.sql` fills it.
CREATE TABLE ai_usage (
    ledger_id INTEGER NOT NULL,
    slot TIMESTAMP,                     -- half hour, UTC; NULL: no time
    log VARCHAR NOT NULL,               -- format without its version
    kind VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,           -- service, shared or candidate
    service VARCHAR,
    host VARCHAR,                       -- candidates without a name: address:port
    activity VARCHAR,
    client_kind VARCHAR,
    "user" VARCHAR,
    device VARCHAR,                     -- address of the client, else its name
    action VARCHAR,
    url BOOLEAN NOT NULL,               -- method and path of each request are known
    weighed BOOLEAN NOT NULL,           -- bytes sent are known
    carries BOOLEAN NOT NULL,           -- may have had a body
    why VARCHAR,                        -- of the catalogue: the commonest
    requests BIGINT NOT NULL,
    bytes_out BIGINT,
    bytes_in BIGINT,
    first TIMESTAMP,
    last TIMESTAMP,
    began TIMESTAMP,                    -- the earliest and latest that any of them may have started or ended
    ended TIMESTAMP,
    labelled BIGINT NOT NULL,           -- marked by the vendor's own data-loss label
    endings VARCHAR[],                  -- of the names of files sent, one each: lower case, no dot
    -- Sizes, bytes sent, of those that carry and whose size is known.
    sizes UINTEGER[],                   -- in order of time
    sizeable BIGINT,                    -- those of 10,000 bytes and more
    large BIGINT,                       -- those of 256 KiB and more, acknowledgements taken off
    large_bytes BIGINT,
    -- Of prompts, leaving out those below a quarter of the median: how they grow from one to the next.
    fresh BIGINT,                       -- growth over the one before; a smaller one counts whole
    runs BIGINT,                        -- how often one was smaller than the one before (and the first)
    linked BIGINT,                      -- growth over the next smaller of the six before
    links BIGINT,                       -- how often none of the six before was smaller or equal
    first_sent BIGINT,                  -- where the sequence begins and ends in this ledger entry: its size
    last_sent BIGINT
);
