-- What was seen of each person's use of each service, as the exposure model reads it (shadowscan/exposure/group.py): a row a
-- person, client, kind of evidence and pool of sizes, in the order of the groups.
-- Of several views of the same use one supplies the bytes; where it isn't the one that counts requests, both are given.
WITH kinds AS MATERIALIZED (
    SELECT met.*, client, shapes.host, activity,
           CASE WHEN class = 'lookup' OR NOT weighed THEN 'C' WHEN url THEN 'A' ELSE 'B' END AS grade,
           kind IN ('flow', 'tls', 'quic') AS packets, class = 'lookup' AS lookup, url,
           CASE WHEN grade = 'B' THEN 'connections'
                WHEN NOT carries THEN 'nothing'
                WHEN kind = 'http' AND activity IN ('prompt', 'image', 'audio', 'video', 'embeddings', 'tool_call')
                THEN 'prompts'
                WHEN kind = 'http' AND activity = 'file_upload' THEN 'uploads'
                -- Of a service whose prompt requests the catalogue does not know, any body may hold one.
                WHEN grade = 'A' AND NOT described AND coalesce(activity, 'browse') = 'browse' THEN 'posts'
                ELSE 'nothing' END AS part
    FROM (SELECT DISTINCT service, shape, client_kind FROM placed) AS met JOIN shapes USING (shape)
    JOIN clients ON met.service = clients.service AND shapes.host IS NOT DISTINCT FROM clients.host
                AND met.client_kind IS NOT DISTINCT FROM clients.client_kind
    WHERE action IS DISTINCT FROM 'blocked' AND (carries OR kind <> 'proxy')
), seen AS MATERIALIZED (
    SELECT number, usage, who, client, host, device, activity, placed.service, grade, packets, counted, part,
           hash(usage, client, grade, packets, counted, part) AS cell
    FROM placed JOIN kinds ON placed.shape = kinds.shape AND placed.service = kinds.service
                          AND placed.client_kind IS NOT DISTINCT FROM kinds.client_kind
    JOIN ranks USING (number)
    WHERE CASE WHEN grade <> 'C' THEN weighs WHEN lookup THEN unseen ELSE leads AND (url OR weightless) END
), totals AS (
    SELECT cell, any_value(who) AS who, any_value(seen.service) AS service, any_value(client) AS client,
           any_value(grade) AS grade, any_value(part) AS part, any_value(packets) AS packets,
           any_value(counted) AS counted, sum(requests)::BIGINT AS count, coalesce(sum(bytes_out), 0)::BIGINT AS bytes,
           coalesce(sum(bytes_in), 0)::BIGINT AS bytes_in, coalesce(sum(sizeable), 0)::BIGINT AS sizeable,
           coalesce(sum(large), 0)::BIGINT AS large, coalesce(sum(large_bytes), 0)::BIGINT AS large_bytes,
           coalesce(sum(fresh), 0)::BIGINT AS fresh, coalesce(sum(runs), 0)::BIGINT AS runs,
           coalesce(sum(linked), 0)::BIGINT AS linked, coalesce(sum(links), 0)::BIGINT AS links,
           sum(labelled)::BIGINT AS labelled
    FROM seen JOIN rollup USING (number) GROUP BY cell
), weights AS (
    SELECT cell, client, unnest(sizes) AS size FROM seen JOIN rollup USING (number) WHERE part <> 'nothing'
), lows AS (
    SELECT cell, quantile_cont(size, 0.1) AS low FROM weights GROUP BY cell
), leasts AS (
    -- Asked for agents only: they make small calls beside the conversation.
    SELECT cell, min(size) AS least
    FROM (SELECT cell, size FROM weights WHERE client = 'agent'
          QUALIFY size >= 0.25 * median(size) OVER (PARTITION BY cell))
    GROUP BY cell
), types AS (
    SELECT cell, list(ending ORDER BY ending) AS endings
    FROM (SELECT cell, unnest(endings) AS ending FROM seen JOIN rollup USING (number) WHERE endings IS NOT NULL)
    GROUP BY cell
), joined AS (
    -- One sequence in two ledger entries: what the last request of one held is no news in the first of the next.
    SELECT cell, CASE WHEN last_sent <= lead(first_sent) OVER later THEN last_sent END AS carried
    FROM seen JOIN rollup USING (number)
    WHERE part = 'prompts' AND (first_sent IS NOT NULL OR last_sent IS NOT NULL)
    WINDOW later AS (PARTITION BY cell, seen.host, seen.activity, seen.device ORDER BY first, last)
), carries AS (
    SELECT cell, sum(carried)::BIGINT AS carried, count(carried) AS joints FROM joined GROUP BY cell
)
SELECT service, coalesce(department, '') AS department,
       CASE WHEN grade = 'C' OR bool_or(part <> 'nothing') OVER whole THEN client ELSE 'telemetry' END AS client,
       -- A body to a service whose requests the catalogue doesn't know says no more than a connection.
       CASE WHEN part = 'posts' THEN 'B' ELSE grade END AS grade, packets, counted,
       CASE WHEN part = 'posts' THEN 'connections' ELSE part END AS pool,
       count, bytes, bytes_in, sizeable, large, large_bytes, labelled, endings,
       coalesce(low, 0) AS low, coalesce(least, 0) AS least,
       fresh - coalesce(carried, 0) AS fresh, runs - coalesce(joints, 0) AS runs,
       linked - coalesce(carried, 0) AS linked, links - coalesce(joints, 0) AS links
FROM totals LEFT JOIN lows USING (cell) LEFT JOIN leasts USING (cell) LEFT JOIN types USING (cell)
LEFT JOIN carries USING (cell) LEFT JOIN actors USING (who)
WINDOW whole AS (PARTITION BY who, service, totals.client, totals.grade, packets, counted, part = 'posts')
ORDER BY service, department, 3, grade, packets, counted, who, pool
