-- By what the records of AI use were given to somebody; of several views of the same use each counts.
SELECT known_by AS how, count(DISTINCT who) AS people, sum(requests)::BIGINT AS records
FROM placed GROUP BY known_by ORDER BY records DESC, how
