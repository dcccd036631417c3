-- What the stored requests of candidates show beyond the rollup; those without a host are told by address and port.
SELECT coalesce(host, dst_ip || ':' || dst_port) AS name, host IS NULL AS unnamed,
       any_value(service) AS service, histogram(why) FILTER (service IS NOT NULL) AS tools,
       list_slice(list(DISTINCT url_path) FILTER (url_path IS NOT NULL), 1, 50) AS paths,
       list(DISTINCT method) FILTER (method IS NOT NULL) AS methods,
       avg(duration_s) FILTER (events.kind = 'http') AS seconds,
       count(*) FILTER (starts_with(content_type, 'text/event-stream')) AS streamed,
       count(*) AS requests, count(DISTINCT coalesce(persons.person, held.person, src_ip, src_host)) AS people,
       sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in,
       CAST(min(ts) AS DATE) AS first, CAST(max(ts) AS DATE) AS last
FROM events
LEFT JOIN persons ON events."user" = spelling
LEFT JOIN held ON CAST(ts AS DATE) = held.day AND coalesce(src_ip, src_host) = held.device AND ts >= since AND ts < until
WHERE verdict = 'candidate' AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)
  AND ($person IS NULL OR coalesce(persons.person, held.person, src_ip, src_host) = lower($person))
GROUP BY ALL
