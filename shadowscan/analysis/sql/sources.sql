SELECT file_id, path AS name, site, kind, complete, problem,
       coalesce(sum(lines), 0)::BIGINT AS lines, coalesce(sum(used), 0)::BIGINT AS used,
       coalesce(sum(events), 0)::BIGINT AS events, coalesce(sum(duplicates), 0)::BIGINT AS duplicates,
       coalesce(sum(skipped), 0)::BIGINT AS skipped, coalesce(sum(rejected), 0)::BIGINT AS rejected,
       coalesce(sum(ai_events), 0)::BIGINT AS ai_events, min(first_ts) AS first, max(last_ts) AS last,
       list(filled) FILTER (filled IS NOT NULL) AS filled
FROM files LEFT JOIN ledger USING (file_id)
-- Of an input whose entries were all pruned only its identity is kept, so that it is not read again.
WHERE ledger_id IS NOT NULL OR consumed = 0
GROUP BY ALL ORDER BY path
