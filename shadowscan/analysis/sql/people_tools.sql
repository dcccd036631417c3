SELECT who, bool_or(named) AS named, service, sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups,
       sum(blocked)::BIGINT AS blocked, sum(bytes_out)::BIGINT AS bytes_out,
       bool_or(verdict <> 'approved') AS unapproved,
       coalesce(sum(requests) FILTER (verdict <> 'approved'), 0)::BIGINT AS unapproved_requests
FROM judged GROUP BY who, service ORDER BY who, service
