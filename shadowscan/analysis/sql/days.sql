SELECT day, service, sum(CASE WHEN requests > 0 THEN requests ELSE lookups END)::BIGINT AS uses
FROM visits WHERE day IS NOT NULL GROUP BY day, service ORDER BY day, service
