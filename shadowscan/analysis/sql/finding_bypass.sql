-- People of whom a request to an AI service was blocked, and the ways round it they used from that day on: services that
-- pass requests on to other models, and hosts that hide traffic from these logs (table evasive).
WITH stopped AS (
    SELECT who, min(day) AS since, count(DISTINCT service) AS services, arg_max(service, blocked) AS service,
           sum(blocked)::BIGINT AS blocked, min(first) AS first
    FROM judged WHERE blocked > 0 AND day IS NOT NULL GROUP BY who
), ways AS (
    SELECT judged.who, 'gateway' AS way, judged.service AS through, sum(requests - judged.blocked)::BIGINT AS requests,
           max(last) AS last
    FROM judged JOIN stopped USING (who)
    WHERE judged.service IN (SELECT unnest($gateways::VARCHAR[])) AND requests > judged.blocked AND day >= since
      AND verdict <> 'approved' AND judged.service <> stopped.service
    GROUP BY ALL
    UNION ALL
    SELECT who, way, host, sum(requests)::BIGINT, max(day)::TIMESTAMP
    FROM evasive JOIN stopped USING (who)
    WHERE way IN ('vpn', 'tunnel') AND action IS DISTINCT FROM 'blocked' AND day >= since
    GROUP BY ALL
)
SELECT who, any_value(department) AS department, any_value(stopped.service) AS service,
       any_value(services) AS services, any_value(blocked) AS blocked, any_value(since) AS since,
       any_value(stopped.first) AS first, max(ways.last) AS last, bool_or(way = 'gateway') AS gateway,
       list(DISTINCT through ORDER BY through) AS through, sum(ways.requests)::BIGINT AS requests
FROM ways JOIN stopped USING (who) LEFT JOIN actors USING (who)
GROUP BY who ORDER BY who
