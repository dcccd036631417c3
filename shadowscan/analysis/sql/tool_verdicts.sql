-- What the policy says of the use of each tool: several rows where rules are limited to some people or activities.
SELECT service, verdict, rule, rule_why AS why, bool_or(overdue) AS overdue, max(lapsed) AS lapsed,
       count(DISTINCT who) AS people, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       sum(uploads)::BIGINT AS uploads, sum(blocked)::BIGINT AS blocked
FROM judged GROUP BY service, verdict, rule, rule_why ORDER BY service, rule NULLS LAST, verdict
