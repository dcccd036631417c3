-- What all traffic shows of what it does not show.
SELECT coalesce(sum(requests), 0)::BIGINT AS events, coalesce(sum(bytes_out), 0)::BIGINT AS bytes,
       coalesce(sum(bytes_out) FILTER (kind <> 'dns' AND (usage.host_id IS NULL OR bare.host_id IS NOT NULL)), 0)::BIGINT
           AS bare_bytes,
       coalesce(sum(requests) FILTER (kind = 'quic'), 0)::BIGINT AS quic,
       coalesce(sum(requests) FILTER (kind = 'proxy'), 0)::BIGINT AS tunnels,
       coalesce(sum(requests) FILTER (kind = 'http'), 0)::BIGINT AS web,
       (SELECT count(*) FROM events WHERE host_basis = 'sni-outer' AND kind IN ('tls', 'quic')
        AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)) AS "outer"
FROM usage
LEFT JOIN (SELECT host_id FROM hosts WHERE regexp_full_match(host, '[0-9.]+|.*:.*')) AS bare USING (host_id)
WHERE ($since IS NULL OR day >= CAST($since AS DATE)) AND ($until IS NULL OR day < CAST($until AS TIMESTAMP))
