SELECT coalesce(host, dst_ip || ':' || dst_port) AS host, count(*) AS requests,
       count(DISTINCT coalesce(persons.person, src_ip, src_host)) AS people, mode(why) AS why
FROM events LEFT JOIN persons ON events."user" = spelling
WHERE verdict = 'candidate' AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)
GROUP BY ALL ORDER BY requests DESC, host LIMIT 50
