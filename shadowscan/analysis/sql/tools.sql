SELECT service, count(DISTINCT who) AS people, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       sum(prompts)::BIGINT AS prompts, sum(uploads)::BIGINT AS uploads, sum(blocked)::BIGINT AS blocked,
       sum(allowed)::BIGINT AS allowed,
       sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in, min(first) AS first, max(last) AS last
FROM visits GROUP BY service ORDER BY service
