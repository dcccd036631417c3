-- Use of each tool in the two parts; lookups where only DNS saw it.
WITH uses AS (
    SELECT service, coalesce(sum(use) FILTER (NOT recent), 0)::BIGINT AS before,
           coalesce(sum(use) FILTER (recent), 0)::BIGINT AS now,
           count(DISTINCT who) FILTER (NOT recent) AS people_before, count(DISTINCT who) FILTER (recent) AS people
    FROM (SELECT recent, service, who, CASE WHEN requests > 0 THEN requests ELSE lookups END AS use FROM compared)
    GROUP BY service
), known AS (
    SELECT DISTINCT service FROM ai_usage WHERE verdict = 'service' AND slot < $earlier
)
SELECT uses.*, known.service IS NOT NULL AS known FROM uses LEFT JOIN known USING (service)
ORDER BY before = 0 DESC, now = 0 DESC, abs(now - before) DESC, service
