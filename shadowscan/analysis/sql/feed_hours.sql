-- The hours in which each input has data, with the format most of its lines have.
WITH main AS (
    SELECT file_id, arg_max(format, lines) AS format FROM (
        SELECT file_id, split_part(format, '@', 1) AS format, sum(ledger_formats.lines) AS lines
        FROM ledger JOIN ledger_formats USING (ledger_id) GROUP BY ALL
    ) GROUP BY file_id
)
SELECT path, format, list(DISTINCT hour) AS hours, sum(source_hours.events)::BIGINT AS events
FROM source_hours JOIN ledger USING (ledger_id) JOIN files USING (file_id) JOIN main USING (file_id)
WHERE ($since IS NULL OR hour >= date_trunc('hour', $since::TIMESTAMP)) AND ($until IS NULL OR hour < $until)
GROUP BY path, format ORDER BY path
