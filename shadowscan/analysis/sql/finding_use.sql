-- Use by service and verdict; use under an approval that had expired is told as that. `programs`: nobody but
-- integrations (analysis/integrations.py).
SELECT service, verdict, count(DISTINCT who) AS people, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       sum(blocked)::BIGINT AS blocked, sum(prompts)::BIGINT AS prompts, sum(uploads)::BIGINT AS uploads,
       sum(bytes_out)::BIGINT AS bytes_out, min(first) AS first, max(last) AS last,
       arg_max(rule_why, requests + lookups) AS why,
       CASE WHEN count(DISTINCT department) = 1 AND bool_and(department IS NOT NULL) THEN any_value(department) END
           AS department,
       bool_and(integrations.who IS NOT NULL) AS programs
FROM judged LEFT JOIN integrations USING (who, service) LEFT JOIN actors USING (who)
WHERE verdict IN ('prohibited', 'unreviewed') AND lapsed IS NULL
GROUP BY service, verdict ORDER BY service
