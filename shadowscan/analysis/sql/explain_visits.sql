-- The same use with each visit counted once.
SELECT count(DISTINCT who) AS people, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       sum(blocked)::BIGINT AS blocked, sum(prompts)::BIGINT AS prompts, sum(uploads)::BIGINT AS uploads,
       sum(bytes_out)::BIGINT AS bytes_out
FROM visits
