-- AI use, each visit counted once: several inputs may have seen the same one (proxy, firewall, DNS). Per person,
-- service and day each view (format and kind of event) is counted by itself; the view that saw most stands.
CREATE OR REPLACE TEMP TABLE visits AS
WITH seen AS (
    SELECT service, kind, split_part(format, '@', 1) AS format, CAST(ts AS DATE) AS day, ts, action, activity,
           bytes_out, bytes_in, coalesce(src_ip, src_host) AS device, "user"
    FROM events
    WHERE verdict = 'service' AND ($service IS NULL OR service = $service)
      AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)
), placed AS (
    SELECT seen.*, coalesce(persons.person, holders.person, seen.device, 'unknown') AS who,
           (persons.person IS NOT NULL OR holders.person IS NOT NULL) AS named
    FROM seen
    LEFT JOIN persons ON seen."user" = spelling
    LEFT JOIN holders ON seen.day = holders.day AND seen.device = holders.device
), views AS (
    SELECT who, bool_or(named) AS named, service, day, format, kind,
           count(*) AS events,
           count(*) FILTER (action = 'blocked') AS blocked,
           count(*) FILTER (action = 'allowed') AS allowed,
           count(*) FILTER (activity IN ('prompt', 'image', 'audio', 'video', 'embeddings', 'tool_call')) AS prompts,
           count(*) FILTER (activity = 'file_upload') AS uploads,
           sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in,
           min(ts) AS first, max(ts) AS last
    FROM placed GROUP BY ALL
)
SELECT who, bool_or(named) AS named, service, day,
       coalesce(max(events) FILTER (kind <> 'dns'), 0) AS requests,
       coalesce(max(events) FILTER (kind = 'dns'), 0) AS lookups,
       coalesce(arg_max(blocked, events) FILTER (kind <> 'dns'), 0) AS blocked,
       coalesce(arg_max(allowed, events) FILTER (kind <> 'dns'), 0) AS allowed,
       max(prompts) AS prompts, max(uploads) AS uploads,
       max(bytes_out) AS bytes_out, max(bytes_in) AS bytes_in,
       min(first) AS first, max(last) AS last
FROM views GROUP BY who, service, day
HAVING $person IS NULL OR who = lower($person);
