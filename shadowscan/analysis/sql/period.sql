SELECT min(ts) AS first, max(ts) AS last, count(*) FILTER (ts IS NULL) AS undated
FROM events WHERE verdict = 'service' AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)
