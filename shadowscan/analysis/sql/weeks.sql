SELECT CAST(date_trunc('week', day) AS DATE) AS week, count(DISTINCT who) AS people,
       count(DISTINCT who) FILTER (verdict <> 'approved') AS people_unapproved, sum(requests)::BIGINT AS requests,
       coalesce(sum(requests) FILTER (verdict = 'approved'), 0)::BIGINT AS approved_requests,
       sum(bytes_out)::BIGINT AS bytes_out
FROM judged WHERE day IS NOT NULL GROUP BY week ORDER BY week
