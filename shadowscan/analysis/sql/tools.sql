-- `reported`: when the database first held use of the service, so that a report could show it.
WITH counted AS (
    SELECT service, count(DISTINCT who) AS people, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
           sum(prompts)::BIGINT AS prompts, sum(uploads)::BIGINT AS uploads, sum(blocked)::BIGINT AS blocked,
           sum(allowed)::BIGINT AS allowed,
           sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in, min(first) AS first, max(last) AS last
    FROM visits GROUP BY service
), held AS (
    SELECT ai_usage.service, min(CASE WHEN revealed THEN recognised ELSE committed END) AS reported
    FROM ai_usage JOIN ledger USING (ledger_id) LEFT JOIN hosts USING (host)
    WHERE ai_usage.verdict = 'service' GROUP BY ai_usage.service
)
SELECT counted.*, reported FROM counted LEFT JOIN held USING (service) ORDER BY service
