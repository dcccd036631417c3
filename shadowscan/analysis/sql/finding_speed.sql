-- Half hours in which one client called a service more often than a person can: calls of programs and agents, and
-- prompts, as the view that saw most shows them.
WITH slots AS (
    SELECT who, service, half, max(requests) AS requests, min(first) AS first, max(last) AS last FROM (
        SELECT who, service, half, view, sum(requests)::BIGINT AS requests, min(first) AS first, max(last) AS last
        FROM placed JOIN shapes USING (shape)
        WHERE class <> 'lookup'
          AND (client_kind IN ('script', 'server', 'coding-agent')
               OR activity IN ('prompt', 'image', 'audio', 'video', 'embeddings', 'tool_call'))
        GROUP BY ALL
    ) GROUP BY who, service, half
), usual AS (
    SELECT who, service, median(requests) AS middle, count(*) AS slots FROM slots GROUP BY who, service
), fast AS (
    SELECT who, service, max(requests) AS most, arg_max(half, requests) AS half, count(*) AS slots,
           any_value(middle) AS middle, bool_or(requests >= $least) AS machine, min(first) AS first, max(last) AS last
    FROM slots JOIN usual USING (who, service)
    WHERE requests >= $least OR (usual.slots >= 8 AND requests >= $runaway AND requests >= 10 * middle)
    GROUP BY who, service
), verdicts AS (SELECT who, service, arg_max(verdict, requests) AS verdict FROM judged GROUP BY who, service)
SELECT fast.*, verdict, department FROM fast JOIN verdicts USING (who, service) LEFT JOIN actors USING (who)
ORDER BY most DESC, who
