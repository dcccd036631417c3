-- Use after the day by which the approval was to be reviewed, or after it had expired.
SELECT service, coalesce(lapsed, rule) AS rule, bool_or(lapsed IS NOT NULL) AS expired, count(DISTINCT who) AS people,
       sum(requests)::BIGINT AS requests, sum(bytes_out)::BIGINT AS bytes_out, min(first) AS first, max(last) AS last
FROM judged WHERE overdue OR lapsed IS NOT NULL GROUP BY ALL ORDER BY service, rule
