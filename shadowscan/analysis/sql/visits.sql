-- AI use, each visit counted once. A session is one person's use of one service without a pause of half an hour, whatever
-- saw it. Per session and host one view leads: it supplies the rows. What another view saw beyond it is added as a row
-- without activity: requests of the view that saw more, bytes of the view that knows them. So no two views add up.
CREATE OR REPLACE TEMP TABLE sessioned AS
WITH ordered AS (
    SELECT *, max(ended) OVER (PARTITION BY who, service ORDER BY began ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
              AS until_then
    FROM placed
)
SELECT * EXCLUDE (until_then),
       -- Without a time of day all of one day is one session.
       CASE WHEN began IS NULL THEN -coalesce(day - DATE '1970-01-01', 0)
            ELSE count(*) FILTER (until_then IS NULL OR began > until_then + INTERVAL 30 MINUTE)
                 OVER (PARTITION BY who, service ORDER BY began ROWS UNBOUNDED PRECEDING) END AS session
FROM ordered;

CREATE OR REPLACE TEMP TABLE views AS
SELECT who, service, session, host, log, class, min(day) AS day, any_value(device) AS device, bool_or(named) AS named,
       sum(requests)::BIGINT AS requests, sum(blocked)::BIGINT AS blocked, sum(allowed)::BIGINT AS allowed,
       sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in, min(first) AS first, max(last) AS last,
       CASE WHEN class = 'lookup' THEN NULL
            ELSE row_number() OVER (PARTITION BY who, service, session, host, class = 'lookup'
                                    ORDER BY class = 'request' AND bool_or(pathed) DESC, sum(requests) DESC,
                                             sum(bytes_out) IS NULL, log, class) END AS place
FROM sessioned GROUP BY who, service, session, host, log, class;

CREATE OR REPLACE TEMP TABLE visits AS
WITH compared AS (
    SELECT who, service, session, host, any_value(requests) FILTER (place = 1) AS counted,
           any_value(blocked) FILTER (place = 1) AS counted_blocked,
           any_value(allowed) FILTER (place = 1) AS counted_allowed,
           any_value(bytes_out) FILTER (place = 1) AS counted_out,
           any_value(bytes_in) FILTER (place = 1) AS counted_in,
           arg_max(views, requests) FILTER (place > 1) AS most,
           arg_min(views, place) FILTER (place > 1 AND bytes_out IS NOT NULL) AS sized
    FROM views WHERE place IS NOT NULL
    GROUP BY who, service, session, host HAVING count(*) > 1
), beyond AS (
    SELECT most.who, bool_or(most.named) AS named, most.service, most.day, most.host, most.device,
           greatest(most.requests - counted, 0) AS requests,
           least(greatest(most.blocked - counted_blocked, 0), greatest(most.requests - counted, 0)) AS blocked,
           greatest(most.allowed - counted_allowed, 0) AS allowed,
           CASE WHEN most.requests > counted AND most.bytes_out IS NOT NULL
                THEN greatest(most.bytes_out - coalesce(counted_out, 0), 0)
                WHEN counted_out IS NULL THEN sized.bytes_out END AS bytes_out,
           CASE WHEN most.requests > counted AND most.bytes_in IS NOT NULL
                THEN greatest(most.bytes_in - coalesce(counted_in, 0), 0)
                WHEN counted_in IS NULL THEN sized.bytes_in END AS bytes_in,
           most.first, most.last
    FROM compared
    WHERE most.requests > counted OR (counted_out IS NULL AND sized IS NOT NULL)
    GROUP BY ALL
), parts AS (
    SELECT who, shown.named, service, shown.day, shown.host, activity, client_kind, shown.device,
           shown.requests, 0 AS lookups,
           CASE WHEN activity IN ('prompt', 'image', 'audio', 'video', 'embeddings', 'tool_call')
                THEN shown.requests ELSE 0 END AS prompts,
           CASE WHEN activity = 'file_upload' THEN shown.requests ELSE 0 END AS uploads,
           shown.blocked, shown.allowed, shown.bytes_out, shown.bytes_in, shown.first, shown.last
    FROM sessioned AS shown JOIN views AS lead USING (who, service, session, log, class)
    WHERE place = 1 AND shown.host IS NOT DISTINCT FROM lead.host
    UNION ALL
    SELECT who, named, service, day, host, NULL, NULL, device, requests, 0, 0, 0, blocked,
           least(allowed, requests - blocked), bytes_out, bytes_in, first, last
    FROM beyond
    UNION ALL
    SELECT who, bool_or(named), service, min(day), host, NULL, NULL, any_value(device), 0, max(requests), 0, 0, 0, 0,
           NULL, NULL, min(first), max(last)
    FROM views WHERE place IS NULL GROUP BY who, service, session, host
)
SELECT who, bool_or(named) AS named, service, day, host, activity, client_kind, any_value(device) AS src,
       sum(requests)::BIGINT AS requests, sum(lookups)::BIGINT AS lookups, sum(prompts)::BIGINT AS prompts,
       sum(uploads)::BIGINT AS uploads, sum(blocked)::BIGINT AS blocked, sum(allowed)::BIGINT AS allowed,
       sum(bytes_out)::BIGINT AS bytes_out, sum(bytes_in)::BIGINT AS bytes_in, min(first) AS first, max(last) AS last
FROM parts GROUP BY who, service, day, host, activity, client_kind;
