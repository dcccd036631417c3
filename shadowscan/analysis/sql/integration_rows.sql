-- The register: what each integration did.
SELECT who, integrations.kind, department, site, service, arg_max(verdict, requests) AS verdict, arg_max(rule, requests) AS rule,
       min(first) AS first, max(last) AS last, count(DISTINCT day) AS days, sum(requests)::BIGINT AS requests,
       sum(lookups)::BIGINT AS lookups, sum(blocked)::BIGINT AS blocked, sum(bytes_out)::BIGINT AS bytes_out
FROM judged JOIN integrations USING (who, service) LEFT JOIN actors USING (who)
WHERE integrations.kind <> 'person' OR client_kind IN ('script', 'server')
GROUP BY ALL ORDER BY requests DESC, who, service
