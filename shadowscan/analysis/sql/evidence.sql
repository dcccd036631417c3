SELECT ts, coalesce(persons.person, held.person, src_ip, src_host) AS who, "user", src_ip, src_host, dst_ip, dst_port,
       events.kind, method, host, url_path, status, action, bytes_out, bytes_in, file_name, user_agent, activity, service,
       verdict, signature, why, client_kind, format, path AS file, line, byte_offset, ledger.sha256 AS range_sha256,
       from_offset, to_offset
FROM events
JOIN ledger USING (ledger_id)
JOIN files USING (file_id)
LEFT JOIN persons ON events."user" = spelling
LEFT JOIN held ON CAST(ts AS DATE) = held.day AND coalesce(src_ip, src_host) = held.device AND ts >= since AND ts < until
WHERE ($service IS NULL OR service = $service)
  AND ($person IS NULL OR coalesce(persons.person, held.person, src_ip, src_host) = lower($person))
  AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)
  AND verdict <> 'none'
ORDER BY ts NULLS LAST, path, line
