WITH shown AS (
    SELECT ledger_id, ts, CAST(ts AS DATE) AS day, "user", src_ip, src_host, coalesce(src_ip, src_host) AS device,
           dst_ip, dst_port, kind, method, host, url_path, status, action, bytes_out, bytes_in, file_name, user_agent,
           activity, service, verdict, signature, why, client_kind, client_why, format, line, byte_offset, 1 AS requests
    FROM events WHERE verdict <> 'none'
    UNION ALL BY NAME
    -- Use that only the rollup knows of has no line of its own, but the stretch of its file.
    SELECT ledger_id, slot AS ts, CAST(slot AS DATE) AS day, "user", device AS src_ip, device, ai_usage.kind, host,
           action, bytes_out, bytes_in, ai_usage.service, ai_usage.verdict, signature, log AS format, requests,
           why || ': requests of the whole day' AS why
    FROM ai_usage JOIN hosts USING (host) WHERE revealed
)
SELECT ts, coalesce(persons.person, held.person, shown.device) AS who, "user", src_ip, src_host, dst_ip, dst_port,
       shown.kind, method, shown.host, url_path, status, action, bytes_out, bytes_in, file_name, user_agent, activity,
       shown.service, verdict, signature, shown.why,
       CASE WHEN cadence.client_kind = 'server' OR shown.client_kind IS NULL
            THEN coalesce(cadence.client_kind, shown.client_kind) ELSE shown.client_kind END AS client_kind,
       nullif(concat_ws('; ', cadence.why, client_why), '') AS client_why, requests, format, path AS file, line,
       byte_offset, ledger.sha256 AS range_sha256, from_offset, to_offset
FROM shown
JOIN ledger USING (ledger_id)
JOIN files USING (file_id)
LEFT JOIN cadence ON coalesce(shown.client_kind, 'script') = 'script' AND shown.device = cadence.device
     AND shown.service = cadence.service AND shown.host = cadence.host
LEFT JOIN persons ON "user" = spelling
LEFT JOIN held ON shown.day = held.day AND shown.device = held.device AND ts >= since AND ts < until
WHERE ($service IS NULL OR shown.service = $service)
  AND ($person IS NULL OR coalesce(persons.person, held.person, shown.device) = lower($person))
  AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)
ORDER BY ts NULLS LAST, path, line
