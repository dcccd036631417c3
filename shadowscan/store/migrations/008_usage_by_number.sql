-- The rollup of all traffic by number: a name is kept once, not with each of a million rows.

-- Who a record says it is of: a user name and a device, as written. Gone when no traffic of theirs is left.
CREATE TABLE origins (
    origin_id INTEGER NOT NULL,
    "user" VARCHAR,
    device VARCHAR                      -- address of the client, else its name
);
INSERT INTO origins
SELECT row_number() OVER (ORDER BY "user", device), "user", device FROM (SELECT DISTINCT "user", device FROM usage);

-- Hosts were not always labelled where every event was kept: now they are, at the next relabelling.
INSERT INTO hosts (host, verdict, catalog)
SELECT DISTINCT host, 'none', '' FROM usage ANTI JOIN hosts USING (host) WHERE host IS NOT NULL;
UPDATE meta SET value = '' WHERE key = 'catalog' AND EXISTS (FROM hosts WHERE catalog = '');

ALTER TABLE hosts ADD COLUMN host_id INTEGER;
UPDATE hosts SET host_id = numbered.number
FROM (SELECT host, row_number() OVER (ORDER BY host) AS number FROM hosts) AS numbered WHERE hosts.host = numbered.host;

CREATE TABLE by_name AS FROM usage;
DROP TABLE usage;

-- All traffic, rolled up by day. A day and not less: of hosts without a label nothing finer is asked, and what a host
-- was used for before it got one is told by the day.
CREATE TABLE usage (
    ledger_id INTEGER NOT NULL,
    day DATE,
    kind VARCHAR NOT NULL,
    host_id INTEGER,                    -- NULL: no host
    origin_id INTEGER NOT NULL,
    action VARCHAR,
    requests BIGINT NOT NULL,
    bytes_out BIGINT,
    bytes_in BIGINT
);
INSERT INTO usage
SELECT ledger_id, day, kind, host_id, origin_id, action, requests, bytes_out, bytes_in
FROM by_name LEFT JOIN hosts USING (host)
JOIN origins ON by_name."user" IS NOT DISTINCT FROM origins."user" AND by_name.device IS NOT DISTINCT FROM origins.device;
DROP TABLE by_name;
