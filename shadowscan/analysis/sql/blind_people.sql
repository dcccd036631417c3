-- People and devices that name lookups alone show, where other inputs show requests of others.
WITH kinds AS (
    SELECT coalesce(persons.person, holders.person, usage.device, 'unknown') AS who, bool_or(kind <> 'dns') AS other
    FROM usage
    LEFT JOIN persons ON usage."user" = spelling
    LEFT JOIN holders ON usage.day = holders.day AND usage.device = holders.device
    WHERE ($since IS NULL OR usage.day >= CAST($since AS DATE)) AND ($until IS NULL OR usage.day < CAST($until AS TIMESTAMP))
    GROUP BY who
)
SELECT count(*) AS everyone, count(*) FILTER (NOT other) AS dns_only, coalesce(bool_or(other), FALSE) AS with_requests,
       count(*) FILTER (NOT other AND who IN (SELECT who FROM visits)) AS ai
FROM kinds
