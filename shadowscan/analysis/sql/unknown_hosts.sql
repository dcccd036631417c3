-- Hosts that no signature names and whose name or requests deserve a look: use and volumes from the rollup, and the
-- company they keep. Of several views of the same use (proxy, firewall, DNS) the one that shows most stands.
WITH suspects AS (
    SELECT host FROM hosts WHERE verdict = 'candidate' OR (verdict = 'none' AND regexp_matches(host, $names))
    UNION
    SELECT host FROM ai_usage WHERE verdict = 'candidate'
), placed AS (
    SELECT host, usage.day, kind, who, requests, bytes_out, bytes_in
    FROM usage JOIN (FROM hosts SEMI JOIN suspects USING (host)) USING (host_id)
    JOIN whose ON usage.origin_id = whose.origin_id AND usage.day IS NOT DISTINCT FROM whose.day
    WHERE ($since IS NULL OR usage.day >= CAST($since AS DATE)) AND ($until IS NULL OR usage.day < CAST($until AS TIMESTAMP))
), views AS (
    SELECT host, day, who, kind, sum(requests) AS requests, sum(bytes_out) AS bytes_out, sum(bytes_in) AS bytes_in
    FROM placed GROUP BY ALL
), uses AS (
    SELECT host, day, who, coalesce(max(requests) FILTER (kind <> 'dns'), 0) AS requests,
           coalesce(max(requests) FILTER (kind = 'dns'), 0) AS lookups,
           max(bytes_out) AS bytes_out, max(bytes_in) AS bytes_in
    FROM views GROUP BY ALL
), known AS (
    SELECT DISTINCT who, day, TRUE AS ai FROM visits WHERE day IS NOT NULL
)
SELECT host, count(DISTINCT who) AS people, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in, min(day) AS first, max(day) AS last,
       count(day) AS days, count(ai) AS days_with_ai
FROM uses LEFT JOIN known USING (who, day)
WHERE $person IS NULL OR who = lower($person)
GROUP BY host
