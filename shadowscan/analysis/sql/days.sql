SELECT day, service, sum(CASE WHEN requests > 0 THEN requests ELSE lookups END)::BIGINT AS uses
FROM (
    SELECT who, day, service, sum(requests) AS requests, sum(lookups) AS lookups
    FROM visits WHERE day IS NOT NULL GROUP BY who, day, service
)
GROUP BY day, service ORDER BY day, service
