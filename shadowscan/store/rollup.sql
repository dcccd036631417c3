-- Events (`told`) -> rows of ai_usage. Its numbers are those of shadowscan/exposure/traffic.py and sizes.py.
WITH named AS (
    SELECT ledger_id, time_bucket(INTERVAL 30 MINUTE, ts) AS slot, split_part(format, '@', 1) AS log, kind, verdict,
           service, CASE WHEN verdict = 'candidate' THEN coalesce(host, dst_ip || ':' || dst_port) ELSE host END AS host,
           activity, client_kind, "user", coalesce(src_ip, src_host) AS device, action,
           coalesce(kind = 'http' AND url_path IS NOT NULL AND method <> 'CONNECT', FALSE) AS url,
           bytes_out IS NOT NULL AS weighed, method, why, ts, line, bytes_out, bytes_in, file_name, detail,
           to_microseconds((1000000 * least(coalesce(duration_s, 0), 86400))::BIGINT) AS took
    FROM told WHERE verdict <> 'none'
), keyed AS MATERIALIZED (
    -- A tunnel that sent nothing was opened by the proxy itself; what went through it is logged request by request.
    SELECT *, CASE WHEN url THEN method IN ('POST', 'PUT', 'PATCH', 'WS')
                   ELSE NOT coalesce(method = 'CONNECT' AND bytes_out = 0, FALSE) END AS carries,
           CASE WHEN carries THEN bytes_out END AS sent,
           row_number() OVER () AS number,
           hash(ledger_id, log, service, host, activity, client_kind, "user", device, action) AS key
    FROM named
), main AS (
    -- Requests that continue one another; titles and token counts beside them don't.
    SELECT *, median(sent) OVER (PARTITION BY key) AS middle
    FROM keyed
    WHERE sent IS NOT NULL AND url AND activity IN ('prompt', 'image', 'audio', 'video', 'embeddings', 'tool_call')
    QUALIFY sent >= 0.25 * middle
), steps AS (
    SELECT number, sent AS main, lag(sent) OVER sequence AS before, lead(sent) OVER sequence AS after,
           list_max(list_filter([lag(sent, 1) OVER sequence, lag(sent, 2) OVER sequence, lag(sent, 3) OVER sequence,
                                 lag(sent, 4) OVER sequence, lag(sent, 5) OVER sequence, lag(sent, 6) OVER sequence],
                                lambda earlier: earlier <= sent)) AS linked_to
    FROM main
    WINDOW sequence AS (PARTITION BY key ORDER BY ts, line)
)
SELECT ledger_id, slot, log, kind, verdict, service, host, activity, client_kind, "user", device, action, url, weighed,
       carries, mode(why) AS why, count(*) AS requests, sum(bytes_out)::BIGINT AS bytes_out,
       sum(bytes_in)::BIGINT AS bytes_in, min(ts) AS first, max(ts) AS last, min(ts - took) AS began,
       max(ts + took) AS ended,
       count(*) FILTER (json_extract_string(detail, '$.dlp') IS NOT NULL) AS labelled,
       list(nullif(regexp_extract(lower(file_name), '[.]([a-z0-9]{1,8})$', 1), ''))
           FILTER (carries AND file_name IS NOT NULL) AS endings,
       list(least(sent, 4294967295)::UINTEGER ORDER BY ts, line) FILTER (sent IS NOT NULL) AS sizes,
       count(*) FILTER (sent >= 10000) AS sizeable,
       count(*) FILTER (sent - spare >= 262144) AS large,
       coalesce(sum(sent) FILTER (sent - spare >= 262144), 0)::BIGINT AS large_bytes,
       any_value(main) FILTER (before IS NULL) AS first_sent, any_value(main) FILTER (after IS NULL) AS last_sent,
       sum(CASE WHEN before <= main THEN main - before ELSE main END)::BIGINT AS fresh,
       count(*) FILTER (main IS NOT NULL AND (before IS NULL OR before > main)) AS runs,
       sum(main - coalesce(linked_to, 0))::BIGINT AS linked,
       count(*) FILTER (main IS NOT NULL AND coalesce(linked_to, 0) = 0) AS links
FROM (
    SELECT keyed.*, main, before, after, linked_to,
           CASE WHEN kind IN ('flow', 'tls', 'quic') THEN 0.02 * coalesce(bytes_in, 0) ELSE 0 END AS spare
    FROM keyed LEFT JOIN steps USING (number)
)
GROUP BY ledger_id, slot, log, kind, verdict, service, host, activity, client_kind, "user", device, action, url, weighed,
         carries
