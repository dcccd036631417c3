SELECT who, bool_or(named) AS named, service, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       sum(blocked)::BIGINT AS blocked, sum(bytes_out)::BIGINT AS bytes_out
FROM visits GROUP BY who, service ORDER BY who, service
