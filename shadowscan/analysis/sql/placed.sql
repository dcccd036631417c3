-- AI use as each view shows it, with who it was. A view is a log format and a class of event: what one kind of device
-- tells of requests, tunnels, handshakes, flows or lookups.
CREATE OR REPLACE TEMP TABLE placed AS
WITH seen AS (
    SELECT service, host, activity, client_kind, split_part(format, '@', 1) AS log, CAST(ts AS DATE) AS day,
           coalesce(src_ip, src_host) AS device, "user", ts, action, bytes_out, bytes_in,
           to_microseconds((1000000 * least(coalesce(duration_s, 0), 86400))::BIGINT) AS took,
           CASE kind WHEN 'http' THEN 'request' WHEN 'proxy' THEN 'tunnel' WHEN 'tls' THEN 'handshake'
                     WHEN 'quic' THEN 'handshake' WHEN 'dns' THEN 'lookup' ELSE 'flow' END AS class,
           url_path IS NOT NULL AS pathed, time_bucket(INTERVAL 30 MINUTE, ts) AS slot
    FROM events
    WHERE verdict = 'service' AND ($service IS NULL OR service = $service)
      AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)
)
SELECT coalesce(persons.person, holders.person, seen.device, 'unknown') AS who,
       (persons.person IS NOT NULL OR holders.person IS NOT NULL) AS named,
       service, seen.day, host, activity, client_kind, log, class, slot, seen.device,
       count(*) AS requests,
       count(*) FILTER (action = 'blocked') AS blocked,
       count(*) FILTER (action = 'allowed') AS allowed,
       sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in,
       bool_or(pathed) AS pathed, min(ts) AS first, max(ts) AS last, min(ts - took) AS began, max(ts + took) AS ended
FROM seen
LEFT JOIN persons ON seen."user" = spelling
LEFT JOIN holders ON seen.day = holders.day AND seen.device = holders.device
GROUP BY ALL
HAVING $person IS NULL OR who = lower($person);
