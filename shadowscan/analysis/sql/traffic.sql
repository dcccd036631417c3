-- What was seen of each person's use of each service, as the exposure model reads it (shadowscan/exposure/traffic.py).
-- Of several views of the same use (proxy, firewall, DNS) the one that shows most stands, per host and day.
WITH seen AS (
    SELECT events.service, events.host, events.kind, ts, line, bytes_out, bytes_in, activity, client, described,
           CAST(ts AS DATE) AS day, split_part(format, '@', 1) AS log,
           -- Only requests that can carry a body are looked at one by one.
           method IS NULL OR method IN ('POST', 'PUT', 'PATCH', 'WS') AS carries,
           CASE WHEN events.kind = 'dns' OR bytes_out IS NULL THEN 'C'
                WHEN events.kind = 'http' AND url_path IS NOT NULL AND method IS NOT NULL AND method <> 'CONNECT' THEN 'A'
                ELSE 'B' END AS grade,
           coalesce(persons.person, holders.person, src_ip, src_host, 'unknown') AS who
    FROM events
    JOIN clients ON events.service = clients.service AND events.host IS NOT DISTINCT FROM clients.host
                AND events.client_kind IS NOT DISTINCT FROM clients.client_kind
    LEFT JOIN persons ON events."user" = spelling
    LEFT JOIN holders ON CAST(ts AS DATE) = holders.day AND coalesce(src_ip, src_host) = holders.device
    WHERE verdict = 'service' AND action IS DISTINCT FROM 'blocked'
      AND ($service IS NULL OR events.service = $service)
      AND ($since IS NULL OR ts >= $since) AND ($until IS NULL OR ts < $until)
      AND NOT (kind = 'proxy' AND method = 'CONNECT' AND bytes_out = 0)
), best AS (
    SELECT who, service, host, day, log, kind,
           min(grade) OVER (PARTITION BY who, service, day) AS service_grade
    FROM (
        SELECT who, service, host, day, log, kind, min(grade) AS grade, count(*) AS events FROM seen GROUP BY ALL
    )
    QUALIFY row_number() OVER (PARTITION BY who, service, host, day ORDER BY grade, events DESC, log, kind) = 1
), chosen AS (
    SELECT seen.*,
           CASE WHEN NOT carries AND grade <> 'B' THEN NULL
                WHEN activity IN ('prompt', 'image', 'audio', 'video', 'embeddings', 'tool_call') AND kind = 'http'
                     AND grade <> 'B' THEN 'prompts'
                WHEN activity = 'file_upload' AND kind = 'http' AND grade <> 'B' THEN 'uploads'
                WHEN grade = 'B' THEN 'connections'
                -- Of a service whose prompt requests the catalogue does not know, any body may hold one.
                WHEN grade = 'A' AND NOT described AND coalesce(activity, 'browse') = 'browse' THEN 'posts'
           END AS part
    FROM seen JOIN best USING (who, service, day, log, kind)
    WHERE seen.host IS NOT DISTINCT FROM best.host AND (grade <> 'C' OR service_grade = 'C')
      AND ($person IS NULL OR who = lower($person))
), sized AS (
    SELECT who, service, client, grade, coalesce(part, 'nothing') AS part, kind IN ('flow', 'tls', 'quic') AS packets,
           ts, line, coalesce(bytes_out, 0) AS sent, coalesce(bytes_in, 0) AS received
    FROM chosen
), totals AS (
    SELECT who, service, client, grade, part, packets, count(*) AS count, sum(sent)::BIGINT AS bytes,
           sum(received)::BIGINT AS bytes_in, quantile_cont(sent, 0.1) AS low, median(sent) AS middle,
           count(*) FILTER (sent >= $sizeable) AS sizeable,
           count(*) FILTER (sent - packets::INT * 0.02 * received >= $large) AS large,
           coalesce(sum(sent) FILTER (sent - packets::INT * 0.02 * received >= $large), 0)::BIGINT AS large_bytes
    FROM sized GROUP BY ALL
), ordered AS (
    SELECT sized.*, lag(sent) OVER sequence AS before,
           greatest(coalesce(CASE WHEN lag(sent, 1) OVER sequence <= sent THEN lag(sent, 1) OVER sequence END, 0),
                    coalesce(CASE WHEN lag(sent, 2) OVER sequence <= sent THEN lag(sent, 2) OVER sequence END, 0),
                    coalesce(CASE WHEN lag(sent, 3) OVER sequence <= sent THEN lag(sent, 3) OVER sequence END, 0),
                    coalesce(CASE WHEN lag(sent, 4) OVER sequence <= sent THEN lag(sent, 4) OVER sequence END, 0),
                    coalesce(CASE WHEN lag(sent, 5) OVER sequence <= sent THEN lag(sent, 5) OVER sequence END, 0),
                    coalesce(CASE WHEN lag(sent, 6) OVER sequence <= sent THEN lag(sent, 6) OVER sequence END, 0)
           ) AS linked_to
    FROM sized JOIN totals USING (who, service, client, grade, part, packets)
    WHERE part = 'prompts' AND sent >= 0.25 * middle
    WINDOW sequence AS (PARTITION BY who, service, client, grade ORDER BY ts, line)
), growth AS (
    SELECT who, service, client, grade, part, packets,
           sum(CASE WHEN before <= sent THEN sent - before ELSE sent END)::BIGINT AS fresh,
           count(*) FILTER (before IS NULL OR before > sent) AS runs,
           sum(sent - linked_to)::BIGINT AS linked, count(*) FILTER (linked_to = 0) AS links
    FROM ordered GROUP BY ALL
)
SELECT totals.* EXCLUDE (middle), coalesce(fresh, 0) AS fresh, coalesce(runs, 0) AS runs,
       coalesce(linked, 0) AS linked, coalesce(links, 0) AS links
FROM totals LEFT JOIN growth USING (who, service, client, grade, part, packets)
ORDER BY who, service, client, grade, packets, part
