-- AI use as each view shows it, with who it was. A view is a log format and a class of records: what one kind of device
-- tells of requests, tunnels, handshakes, flows or lookups. `number` leads back to the rollup.
CREATE OR REPLACE TEMP TABLE placed AS
WITH seen AS (
    SELECT *, CAST(slot AS DATE) AS day,
           CASE kind WHEN 'http' THEN 'request' WHEN 'proxy' THEN 'tunnel' WHEN 'tls' THEN 'handshake'
                     WHEN 'quic' THEN 'handshake' WHEN 'dns' THEN 'lookup' ELSE 'flow' END AS class
    FROM (
        SELECT rowid AS number, * FROM ai_usage
        WHERE ($since IS NULL OR slot >= $since) AND ($until IS NULL OR slot + INTERVAL 30 MINUTE <= $until)
        UNION ALL SELECT -1 - rowid AS number, * FROM edges
    )
    WHERE verdict = 'service'
      AND ($service IS NULL OR host IN (SELECT host FROM ai_usage WHERE service = $service) OR service = $service)
)
SELECT number, coalesce(persons.person, held.person, seen.device, 'unknown') AS who,
       (persons.person IS NOT NULL OR coalesce(held.named, FALSE)) AS named,
       CASE WHEN persons.person IS NOT NULL THEN 'record' ELSE coalesce(held.known_by, 'device') END AS known_by,
       hash(who, seen.service) AS usage, coalesce(slot, seen.day, TIMESTAMP '1970-01-01') AS half, seen.day, seen.service, seen.host,
       activity,
       CASE WHEN cadence.client_kind = 'server' OR seen.client_kind IS NULL
            THEN coalesce(cadence.client_kind, seen.client_kind) ELSE seen.client_kind END AS client_kind, seen.device,
       action, url, log, class, hash(log, class) AS view,
       requests, bytes_out, bytes_in, first, last, began, ended
FROM seen
LEFT JOIN cadence ON coalesce(seen.client_kind, 'script') = 'script' AND seen.device = cadence.device
     AND seen.service = cadence.service AND seen.host = cadence.host
LEFT JOIN persons ON seen."user" = spelling
LEFT JOIN held ON seen.day = held.day AND seen.device = held.device AND first >= since AND first < until
WHERE $person IS NULL OR who = lower($person);

-- A name alone doesn't tell which of a vendor's clients calls (an agent, a script): who sees the requests does. So what
-- else is told of that person and host in that half hour, or else day, is taken for the same service.
CREATE OR REPLACE TEMP TABLE callers AS
SELECT who, host, half, day, service, sum(requests) AS requests
FROM placed
WHERE class = 'request' AND host IN (SELECT host FROM placed GROUP BY host HAVING count(DISTINCT service) > 1)
GROUP BY ALL;

UPDATE placed SET service = caller.service, usage = hash(placed.who, caller.service)
FROM (
    SELECT number, coalesce(at_once.service, daily.service) AS service
    FROM (FROM placed WHERE class <> 'request') AS named
    LEFT JOIN (SELECT who, host, half, arg_max(service, requests) AS service FROM callers GROUP BY ALL) AS at_once
           USING (who, host, half)
    LEFT JOIN (SELECT who, host, day, arg_max(service, requests) AS service FROM callers GROUP BY ALL) AS daily
           USING (who, host, day)
) AS caller
WHERE placed.number = caller.number AND caller.service IS NOT NULL AND caller.service <> placed.service;

DELETE FROM placed WHERE $service IS NOT NULL AND service <> $service;
