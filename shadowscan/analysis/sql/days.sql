-- Uses a day: a person's requests to a service, or lookups where there is nothing else.
WITH used AS (
    SELECT who, day, service, verdict = 'approved' AS approved, sum(requests) AS requests, sum(lookups) AS lookups,
           sum(sum(requests)) OVER (PARTITION BY who, day, service) AS seen
    FROM judged WHERE day IS NOT NULL GROUP BY who, day, service, verdict = 'approved'
)
SELECT day, service, approved, sum(CASE WHEN seen > 0 THEN requests ELSE lookups END)::BIGINT AS uses
FROM used GROUP BY day, service, approved ORDER BY day, service
