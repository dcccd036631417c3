-- Use of hosts that take traffic out of the logs' sight: a host, or what is below it (names of two to four labels).
CREATE OR REPLACE TEMP TABLE evasive AS
WITH known AS (SELECT unnest($names::VARCHAR[]) AS name, unnest($ways::VARCHAR[]) AS way),
labels AS (SELECT host, string_split(host, '.') AS parts FROM hosts),
tails AS (
    SELECT host, unnest([host, array_to_string(parts[-2:], '.'), array_to_string(parts[-3:], '.'),
                         array_to_string(parts[-4:], '.')]) AS name
    FROM labels
), ways AS (SELECT host, min(way) AS way FROM tails JOIN known USING (name) GROUP BY host)
SELECT usage.day, usage.kind, host, way, coalesce(persons.person, holders.person, usage.device, 'unknown') AS who,
       action, requests, bytes_out
FROM usage JOIN ways USING (host)
LEFT JOIN persons ON usage."user" = spelling
LEFT JOIN holders ON usage.day = holders.day AND usage.device = holders.device
WHERE ($since IS NULL OR usage.day >= CAST($since AS DATE)) AND ($until IS NULL OR usage.day < CAST($until AS TIMESTAMP))
