SELECT min(first) AS first, max(last) AS last, coalesce(sum(requests) FILTER (first IS NULL), 0)::BIGINT AS undated
FROM placed
