SELECT file_id, split_part(format, '@', 1) AS format, sum(ledger_formats.lines)::BIGINT AS lines
FROM ledger JOIN ledger_formats USING (ledger_id) GROUP BY ALL ORDER BY file_id, lines DESC, format
