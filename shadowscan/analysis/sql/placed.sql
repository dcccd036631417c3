-- The rollup with the events that the bounds cut out of a half hour. `number` leads back to a row of it; `shape` is the
-- number of all that a record says beside who, when and how much.
CREATE OR REPLACE TEMP VIEW rollup AS
SELECT *, hash(log, kind, host, activity, action, url, weighed, carries) AS shape
FROM (SELECT rowid AS number, * FROM ai_usage UNION ALL SELECT -1 - rowid AS number, * FROM edges)
WHERE verdict = 'service';

-- A view is a log format and a class of records: what one kind of device tells of requests, tunnels, handshakes, flows or
-- lookups.
CREATE OR REPLACE TEMP TABLE shapes AS
SELECT *, CASE kind WHEN 'http' THEN 'request' WHEN 'proxy' THEN 'tunnel' WHEN 'tls' THEN 'handshake'
                    WHEN 'quic' THEN 'handshake' WHEN 'dns' THEN 'lookup' ELSE 'flow' END AS class,
       hash(log, class) AS view, hash(host) AS site, hash(host, activity) AS use
FROM (
    SELECT shape, any_value(log) AS log, any_value(kind) AS kind, any_value(host) AS host,
           any_value(activity) AS activity, any_value(action) AS action, any_value(url) AS url,
           any_value(weighed) AS weighed, any_value(carries) AS carries
    FROM rollup
    WHERE $service IS NULL OR host IN (SELECT host FROM ai_usage WHERE service = $service) OR service = $service
    GROUP BY shape
);

-- AI use as each view shows it, with who it was.
CREATE OR REPLACE TEMP TABLE placed AS
WITH seen AS (
    SELECT *, CAST(slot AS DATE) AS day
    FROM rollup SEMI JOIN shapes USING (shape)
    WHERE number < 0 OR (($since IS NULL OR slot >= $since) AND ($until IS NULL OR slot + INTERVAL 30 MINUTE <= $until))
)
SELECT number, coalesce(persons.person, held.person, seen.device, 'unknown') AS who,
       (persons.person IS NOT NULL OR coalesce(held.named, FALSE)) AS named,
       CASE WHEN persons.person IS NOT NULL THEN 'record' ELSE coalesce(held.known_by, 'device') END AS known_by,
       seen.service, hash(who, seen.service) AS usage,
       coalesce(slot, seen.day, TIMESTAMP '1970-01-01') AS half, seen.day, seen.device,
       CASE WHEN cadence.client_kind = 'server' OR seen.client_kind IS NULL
            THEN coalesce(cadence.client_kind, seen.client_kind) ELSE seen.client_kind END AS client_kind,
       shape, requests, bytes_out, bytes_in, first, last, began, ended
FROM seen
LEFT JOIN cadence ON coalesce(seen.client_kind, 'script') = 'script' AND seen.device = cadence.device
     AND seen.service = cadence.service AND seen.host = cadence.host
LEFT JOIN persons ON seen."user" = spelling
LEFT JOIN held ON seen.day = held.day AND seen.device = held.device AND first >= since AND first < until
WHERE $person IS NULL OR who = lower($person);

-- A name alone doesn't tell which of a vendor's clients calls (an agent, a script): who sees the requests does. So what
-- else is told of that person and host in that half hour, or else day, is taken for the same service.
CREATE OR REPLACE TEMP TABLE callers AS
WITH pairs AS (
    SELECT DISTINCT shape, service FROM placed
), several AS (
    SELECT site FROM pairs JOIN shapes USING (shape) GROUP BY site HAVING count(DISTINCT service) > 1
)
SELECT who, site, half, day, service, sum(requests) AS requests
FROM placed JOIN (FROM shapes SEMI JOIN several USING (site) WHERE class = 'request') AS shared USING (shape)
GROUP BY ALL;

UPDATE placed SET service = caller.service, usage = hash(placed.who, caller.service)
FROM (
    SELECT number, coalesce(at_once.service, daily.service) AS service
    FROM (FROM placed JOIN (FROM shapes SEMI JOIN callers USING (site) WHERE class <> 'request') AS shared USING (shape)
         ) AS named
    LEFT JOIN (SELECT who, site, half, max_by(service, (requests, service)) AS service FROM callers GROUP BY ALL) AS at_once
           USING (who, site, half)
    LEFT JOIN (SELECT who, site, day, max_by(service, (requests, service)) AS service FROM callers GROUP BY ALL) AS daily
           USING (who, site, day)
) AS caller
WHERE placed.number = caller.number AND caller.service IS NOT NULL AND caller.service <> placed.service;

DELETE FROM placed WHERE $service IS NOT NULL AND service <> $service;
