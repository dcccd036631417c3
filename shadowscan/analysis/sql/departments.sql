-- Use by department; NULL: people the people file gives no department, and devices.
SELECT department, count(DISTINCT who) AS people_ai,
       count(DISTINCT who) FILTER (verdict <> 'approved') AS people_unapproved,
       sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       coalesce(sum(requests) FILTER (verdict <> 'approved'), 0)::BIGINT AS unapproved,
       sum(bytes_out)::BIGINT AS bytes_out
FROM judged JOIN actors USING (who)
GROUP BY department ORDER BY unapproved DESC, requests DESC, department NULLS LAST
