-- AI use, each visit counted once: per spot the leading view supplies the rows. What another view saw beyond it is added as
-- a row without activity: requests of the view that saw more, bytes of the view that knows them. No two views add up.
CREATE OR REPLACE TEMP TABLE visits AS
WITH compared AS (
    SELECT arg_min(views, place) AS lead, arg_max(views, requests) FILTER (place > 1) AS most,
           arg_min(views, place) FILTER (place > 1 AND bytes_out IS NOT NULL) AS sized
    FROM views SEMI JOIN (SELECT spot FROM views WHERE place > 1) USING (spot)
    WHERE place IS NOT NULL GROUP BY spot
), beyond AS (
    SELECT most.example AS number, greatest(most.requests - lead.requests, 0) AS more,
           least(greatest(most.blocked - coalesce(lead.blocked, 0), 0), more) AS blocked,
           least(greatest(most.allowed - coalesce(lead.allowed, 0), 0), more - coalesce(blocked, 0)) AS allowed,
           CASE WHEN more > 0 AND most.bytes_out IS NOT NULL
                THEN greatest(most.bytes_out - coalesce(lead.bytes_out, 0), 0)
                WHEN lead.bytes_out IS NULL THEN sized.bytes_out END AS bytes_out,
           CASE WHEN more > 0 AND most.bytes_in IS NOT NULL
                THEN greatest(most.bytes_in - coalesce(lead.bytes_in, 0), 0)
                WHEN lead.bytes_in IS NULL THEN sized.bytes_in END AS bytes_in
    FROM compared
    WHERE most.requests > lead.requests OR (lead.bytes_out IS NULL AND sized IS NOT NULL)
), lookups AS (
    SELECT min(example) AS number, max(requests) AS lookups FROM views WHERE place IS NULL GROUP BY spot
), uses AS (
    SELECT DISTINCT use, host, activity FROM shapes UNION SELECT DISTINCT hash(host, NULL::VARCHAR), host, NULL FROM shapes
), parts AS (
    SELECT usage, day, use, client_kind, device, requests, 0 AS lookups,
           CASE WHEN action = 'blocked' THEN requests END AS blocked,
           CASE WHEN action = 'allowed' THEN requests END AS allowed, bytes_out, bytes_in, first, last
    FROM placed JOIN shapes USING (shape) SEMI JOIN (FROM ranks WHERE leads) AS foremost USING (number)
    UNION ALL
    SELECT usage, day, hash(host, NULL::VARCHAR), NULL, device, more, 0, beyond.blocked, beyond.allowed,
           beyond.bytes_out, beyond.bytes_in, first, last
    FROM placed JOIN beyond USING (number) JOIN shapes USING (shape)
    UNION ALL
    SELECT usage, day, hash(host, NULL::VARCHAR), NULL, device, 0, lookups, NULL, NULL, NULL, NULL, first, last
    FROM placed JOIN lookups USING (number) JOIN shapes USING (shape)
), summed AS (
    SELECT usage, day, use, client_kind, any_value(device) AS src, sum(requests)::BIGINT AS requests,
           sum(lookups)::BIGINT AS lookups, coalesce(sum(blocked), 0)::BIGINT AS blocked,
           coalesce(sum(allowed), 0)::BIGINT AS allowed, sum(bytes_out)::BIGINT AS bytes_out,
           sum(bytes_in)::BIGINT AS bytes_in, min(first) AS first, max(last) AS last
    FROM parts GROUP BY usage, day, use, client_kind
)
SELECT who, named, service, day, host, activity, client_kind, src, requests, lookups,
       CASE WHEN activity IN ('prompt', 'image', 'audio', 'video', 'embeddings', 'tool_call') THEN requests ELSE 0 END
           AS prompts,
       CASE WHEN activity = 'file_upload' THEN requests ELSE 0 END AS uploads,
       blocked, allowed, bytes_out, bytes_in, first, last
FROM summed JOIN uses USING (use)
JOIN (SELECT usage, any_value(who) AS who, bool_or(named) AS named, any_value(service) AS service
      FROM placed GROUP BY usage) USING (usage);
