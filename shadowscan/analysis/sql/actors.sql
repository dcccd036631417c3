-- Who uses AI: one row a person, or a device nobody is named for.
CREATE OR REPLACE TEMP TABLE actors AS
SELECT who, bool_or(named) AS named, CASE WHEN bool_or(named) THEN 'person' ELSE 'device' END AS kind,
       NULL::VARCHAR AS department, NULL::VARCHAR AS role, NULL::VARCHAR AS site
FROM visits GROUP BY who
