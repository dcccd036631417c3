-- Large uploads of one person to one service on one day: requests or connections of 256 KiB and more, of the view that
-- saw most of them. What programs and coding agents send is no upload, unless the request says so.
WITH views AS (
    SELECT who, service, day, view, sum(large)::BIGINT AS files, sum(large_bytes)::BIGINT AS bytes,
           min(first) AS first, max(last) AS last
    FROM placed JOIN (SELECT number, large, large_bytes FROM rollup WHERE large > 0) AS sizes USING (number)
    JOIN shapes USING (shape)
    WHERE action IS DISTINCT FROM 'blocked' AND day IS NOT NULL
      AND (activity = 'file_upload'
           OR (coalesce(client_kind, 'person') = 'person' AND service NOT IN (SELECT unnest($agents::VARCHAR[]))))
    GROUP BY ALL
), days AS (
    SELECT who, service, day, max(files) AS files, max(bytes) AS bytes, min(first) AS first, max(last) AS last
    FROM views GROUP BY who, service, day HAVING max(bytes) >= $least
), verdicts AS (SELECT who, service, arg_max(verdict, requests) AS verdict FROM judged GROUP BY who, service)
SELECT who, service, verdict, department, count(*) AS days, max(bytes) AS bytes, arg_max(files, bytes) AS files,
       arg_max(day, bytes) AS day, list(day ORDER BY day) AS all_days, min(first) AS first, max(last) AS last
FROM days JOIN verdicts USING (who, service) LEFT JOIN actors USING (who)
GROUP BY ALL ORDER BY bytes DESC, who
