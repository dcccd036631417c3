-- A session is one person's use of one service without a pause of half an hour, whatever saw it.
CREATE OR REPLACE TEMP TABLE sessions AS
WITH halves AS (
    -- What lies in one half hour is one session anyway.
    SELECT usage, half, coalesce(min(began), half) AS began, coalesce(max(ended), half) AS ended,
           bool_and(class = 'lookup') AS unseen
    FROM placed JOIN shapes USING (shape) GROUP BY usage, half
), ordered AS (
    SELECT *, max(ended) OVER (PARTITION BY usage ORDER BY half ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
              AS until_then
    FROM halves
), numbered AS (
    SELECT *, count(*) FILTER (until_then IS NULL OR began > until_then + INTERVAL 30 MINUTE)
              OVER (PARTITION BY usage ORDER BY half ROWS UNBOUNDED PRECEDING) AS session
    FROM ordered
)
SELECT usage, half, session, bool_and(unseen) OVER (PARTITION BY usage, session) AS unseen FROM numbered;

-- What each view tells of a spot: one host within one session. `place` is its rank as a witness of requests: URLs first,
-- then whoever saw most; lookups are none. `volume` is the place of the view whose bytes stand; `counted` says that the
-- leading view sees the requests, but not their bytes.
CREATE OR REPLACE TEMP TABLE views AS
WITH told AS (
    SELECT hash(usage, session, site) AS spot, view, any_value(class = 'lookup') AS lookup, bool_or(url) AS url,
           sum(requests)::BIGINT AS requests, sum(requests) FILTER (action = 'blocked')::BIGINT AS blocked,
           sum(requests) FILTER (action = 'allowed')::BIGINT AS allowed,
           sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in, min(number) AS example,
           any_value(unseen) AS unseen
    FROM placed JOIN sessions USING (usage, half) JOIN shapes USING (shape) GROUP BY spot, view
), several AS (
    SELECT spot FROM told WHERE NOT lookup GROUP BY spot HAVING count(*) > 1
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY spot ORDER BY url DESC, requests DESC, bytes_out IS NULL, view) AS place
    FROM told SEMI JOIN several USING (spot) WHERE NOT lookup
)
SELECT *, min(place) FILTER (bytes_out IS NOT NULL) OVER (PARTITION BY spot) AS volume,
       coalesce(bool_or(url AND bytes_out IS NULL) FILTER (place = 1) OVER (PARTITION BY spot), FALSE) AS counted
FROM ranked
UNION ALL
SELECT *, CASE WHEN NOT lookup THEN 1 END AS place, CASE WHEN bytes_out IS NOT NULL THEN 1 END AS volume, FALSE
FROM told WHERE lookup OR spot NOT IN (FROM several);

-- Whether the view that shows a row of the rollup leads there: in requests, in bytes. A first table of spots, since the join
-- with the views must come last.
CREATE OR REPLACE TEMP TABLE ranks AS
WITH spots AS MATERIALIZED (
    SELECT number, hash(usage, session, site) AS spot, view
    FROM placed JOIN sessions USING (usage, half) JOIN shapes USING (shape)
)
SELECT number, place = 1 AS leads, place = volume AS weighs, volume IS NULL AS weightless, counted AND place > 1 AS counted,
       unseen
FROM spots JOIN views USING (spot, view);
