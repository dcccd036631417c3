-- Use that another policy judges differently.
SELECT service, old_verdict, old_rule, old_rule_why, old_overdue, verdict, rule, rule_why, overdue,
       list(DISTINCT who ORDER BY who) AS people, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       min(first) AS first, max(last) AS last
FROM compared
WHERE old_verdict <> verdict OR old_overdue <> overdue
GROUP BY ALL ORDER BY requests DESC, lookups DESC, service, old_rule, rule
