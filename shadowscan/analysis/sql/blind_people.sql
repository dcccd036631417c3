-- People and devices that name lookups alone show, where other inputs show requests of others.
WITH kinds AS (
    SELECT who, bool_or(requested) AS other
    FROM whose
    WHERE ($since IS NULL OR day >= CAST($since AS DATE)) AND ($until IS NULL OR day < CAST($until AS TIMESTAMP))
    GROUP BY who
)
SELECT count(*) AS everyone, count(*) FILTER (NOT other) AS dns_only, coalesce(bool_or(other), FALSE) AS with_requests,
       count(*) FILTER (NOT other AND who IN (SELECT who FROM visits)) AS ai
FROM kinds
