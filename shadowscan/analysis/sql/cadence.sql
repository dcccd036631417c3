-- Who calls, told by when: a device that calls an API host at all hours, or at the same pace again and again, is no person.
-- Over all that is stored, whatever time the report is limited to. Apps of people poll too, but not at night; a night a day is
-- more than the pauses that may differ.
CREATE OR REPLACE TEMP TABLE cadence AS
WITH calls AS (
    SELECT device, service, host, slot, sum(requests) AS requests
    FROM ai_usage SEMI JOIN (SELECT host FROM hosts WHERE role = 'api') USING (host)
    WHERE ($service IS NULL OR host IN (SELECT host FROM ai_usage WHERE service = $service))
      AND verdict = 'service' AND kind <> 'dns' AND device IS NOT NULL AND slot IS NOT NULL AND revealed IS NOT TRUE
      AND coalesce(client_kind, 'script') = 'script'
      AND coalesce(activity, 'prompt') NOT IN ('telemetry', 'static', 'login', 'auth_check', 'browse')
    GROUP BY ALL
), hours AS (
    SELECT device, service, host, CAST(slot AS DATE) AS day, count(DISTINCT hour(slot)) AS hours FROM calls GROUP BY ALL
), around AS (
    SELECT device, service, host, count(*) AS days, min(hours) AS hours
    FROM hours WHERE hours >= 20 GROUP BY ALL
), paced AS (
    SELECT device, service, host, requests, slot - lag(slot) OVER (PARTITION BY device, service, host ORDER BY slot) AS pause
    FROM calls
), steady AS (
    SELECT device, service, host, count(*) AS calls, mode(pause) AS pause, histogram(pause) AS pauses,
           stddev_pop(requests) / avg(requests) AS spread
    FROM paced GROUP BY ALL
)
SELECT device, service, host,
       CASE WHEN days >= 2 THEN 'server' ELSE 'script' END AS client_kind,
       CASE WHEN days >= 2 THEN printf('calls in at least %d of 24 hours, on %d days: a workload', hours, days)
            ELSE printf('calls at the same pace, %d times %d minutes apart: a script', pauses[pause], date_part('epoch', pause)::BIGINT // 60)
       END AS why
FROM steady LEFT JOIN around USING (device, service, host)
WHERE days >= 2 OR (calls >= 24 AND pauses[pause] >= 0.98 * (calls - 1) AND spread <= 0.2);
