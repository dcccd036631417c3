-- The inputs behind a finding, and the lines of them that its events came from.
WITH used AS (
    SELECT ledger_id, path, log, slot, usage.host, "user", usage.device, sum(usage.requests)::BIGINT AS events
    FROM (SELECT rowid AS number, * FROM ai_usage) AS usage SEMI JOIN placed USING (number)
    JOIN ledger USING (ledger_id) JOIN files USING (file_id)
    GROUP BY ALL
), spans AS (
    SELECT path, used.log, min(line) AS first_line, max(line) AS last_line
    FROM events JOIN used
      ON events.ledger_id = used.ledger_id AND split_part(format, '@', 1) = used.log AND events.host = used.host
     AND events."user" IS NOT DISTINCT FROM used."user" AND coalesce(src_ip, src_host) IS NOT DISTINCT FROM used.device
     AND time_bucket(INTERVAL 30 MINUTE, ts) IS NOT DISTINCT FROM slot
    GROUP BY path, used.log
)
SELECT path AS file, log, sum(events)::BIGINT AS events, any_value(first_line) AS first_line,
       any_value(last_line) AS last_line
FROM used LEFT JOIN spans USING (path, log) GROUP BY path, log ORDER BY events DESC, file, log
