-- Tools that a newer catalogue recognised in traffic read before: since when, and their use until then.
SELECT visits.service, CAST(max(recognised) AS DATE) AS since, min(day) AS first,
       sum(CASE WHEN requests > 0 THEN requests ELSE lookups END)::BIGINT AS uses,
       list(DISTINCT host ORDER BY host) AS hosts
FROM visits JOIN hosts USING (host)
WHERE recognised IS NOT NULL AND hosts.service = visits.service AND (day IS NULL OR day <= CAST(recognised AS DATE))
GROUP BY visits.service ORDER BY since DESC, uses DESC, visits.service
