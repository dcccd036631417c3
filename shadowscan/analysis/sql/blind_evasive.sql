-- `requests`: as the kind of record counts them that saw most; a handshake is its flow's as well.
WITH ways AS (
    SELECT way, count(DISTINCT who) AS people, list(DISTINCT host ORDER BY host) AS hosts
    FROM evasive WHERE action IS DISTINCT FROM 'blocked' GROUP BY way
), counts AS (
    SELECT way, sum(requests)::BIGINT AS seen FROM evasive WHERE action IS DISTINCT FROM 'blocked' GROUP BY way, kind
)
SELECT way, any_value(people) AS people, max(seen) AS requests, any_value(hosts) AS hosts
FROM ways JOIN counts USING (way) GROUP BY way
