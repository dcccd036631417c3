SELECT way, count(DISTINCT who) AS people, sum(requests)::BIGINT AS requests, list(DISTINCT host ORDER BY host) AS hosts
FROM evasive WHERE action IS DISTINCT FROM 'blocked' GROUP BY way
