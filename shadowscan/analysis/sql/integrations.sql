-- Programs that call AI services: everything servers and service accounts do, what unnamed devices do by programs only,
-- and the scripts of people where they call an API.
CREATE OR REPLACE TEMP TABLE integrations AS
WITH pairs AS (
    SELECT who, service, any_value(actors.kind) AS kind, coalesce(bool_or(client_kind IN ('script', 'server')), FALSE) AS program,
           coalesce(bool_or(client_kind IN ('person', 'coding-agent')), FALSE) AS person
    FROM judged LEFT JOIN actors USING (who) GROUP BY who, service
)
SELECT who, service, coalesce(kind, 'device') AS kind FROM pairs
WHERE kind IN ('server', 'service-account')
   OR (program AND NOT person AND (kind IS DISTINCT FROM 'person' OR service IN (SELECT unnest($apis::VARCHAR[]))))
   OR (program AND service IN (SELECT unnest($apis::VARCHAR[])))
