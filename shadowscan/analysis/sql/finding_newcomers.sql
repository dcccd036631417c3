-- Services without any use before $start, in all of the data.
WITH new AS (
    SELECT service FROM ai_usage WHERE verdict = 'service' AND slot IS NOT NULL GROUP BY service HAVING min(slot) >= $start
)
SELECT service, arg_max(verdict, requests) AS verdict, count(DISTINCT who) AS people, sum(requests)::BIGINT AS requests,
       sum(bytes_out)::BIGINT AS bytes_out, min(first) AS first, max(last) AS last
FROM judged JOIN new USING (service) GROUP BY service HAVING min(first) IS NOT NULL ORDER BY service
