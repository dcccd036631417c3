-- Use of hosts that take traffic out of the logs' sight: a host, or what is below it (names of two to four labels).
CREATE OR REPLACE TEMP TABLE evasive AS
WITH known AS (SELECT unnest($names::VARCHAR[]) AS name, unnest($ways::VARCHAR[]) AS way),
labels AS (SELECT host_id, host, string_split(host, '.') AS parts FROM hosts),
tails AS (
    SELECT host_id, host, unnest([host, array_to_string(parts[-2:], '.'), array_to_string(parts[-3:], '.'),
                         array_to_string(parts[-4:], '.')]) AS name
    FROM labels
), ways AS (SELECT host_id, host, min(way) AS way FROM tails JOIN known USING (name) GROUP BY ALL)
SELECT usage.day, usage.kind, host, way, who, action, requests, bytes_out
FROM usage JOIN ways USING (host_id)
JOIN whose ON usage.origin_id = whose.origin_id AND usage.day IS NOT DISTINCT FROM whose.day
WHERE ($since IS NULL OR usage.day >= CAST($since AS DATE)) AND ($until IS NULL OR usage.day < CAST($until AS TIMESTAMP))
