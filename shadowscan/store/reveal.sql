-- Traffic of hosts that became services after it was read: what usage holds of it and no event does. The day stands for
-- the time of day; how the bytes fall on requests isn't known, so nothing is estimated from them.
WITH named AS (
    SELECT host_id, host, service, signature, 'recognised since ' || strftime(recognised, '%Y-%m-%d') AS why
    FROM hosts WHERE recognised IS NOT NULL AND verdict = 'service'
), stored AS (
    SELECT ledger_id, CAST(ts AS DATE) AS day, kind, host, "user", coalesce(src_ip, src_host) AS device, action,
           count(*) AS requests, sum(bytes_out) AS bytes_out, sum(bytes_in) AS bytes_in
    FROM events SEMI JOIN named USING (host) GROUP BY ALL
), logs AS (
    SELECT ledger_id, split_part(arg_max(format, lines), '@', 1) AS log FROM ledger_formats GROUP BY ledger_id
)
SELECT seen.ledger_id, CAST(seen.day AS TIMESTAMP) AS slot, log, seen.kind, 'service' AS verdict, service, named.host,
       origins."user", origins.device, seen.action, FALSE AS url, FALSE AS weighed, TRUE AS carries, why,
       seen.requests - coalesce(stored.requests, 0) AS requests,
       (seen.bytes_out - coalesce(stored.bytes_out, 0))::BIGINT AS bytes_out,
       (seen.bytes_in - coalesce(stored.bytes_in, 0))::BIGINT AS bytes_in,
       slot AS first, slot AS last, 0 AS labelled, TRUE AS revealed
FROM usage AS seen
JOIN named USING (host_id)
JOIN origins USING (origin_id)
JOIN logs USING (ledger_id)
LEFT JOIN stored ON seen.ledger_id = stored.ledger_id AND named.host = stored.host AND seen.kind = stored.kind
      AND seen.day IS NOT DISTINCT FROM stored.day AND origins."user" IS NOT DISTINCT FROM stored."user"
      AND origins.device IS NOT DISTINCT FROM stored.device AND seen.action IS NOT DISTINCT FROM stored.action
WHERE seen.requests > coalesce(stored.requests, 0)
