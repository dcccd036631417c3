-- What the logs themselves show of data given under rules that allow some classes only ($limited): files of types known for
-- another class ($rules with $endings, pair by pair), and requests with a vendor's data-loss label.
WITH outside AS (
    SELECT unnest($rules::INTEGER[]) AS rule, unnest($endings::VARCHAR[]) AS ending
), ruled AS (
    SELECT DISTINCT who, service, day, host, activity, rule FROM judged WHERE rule IN (SELECT unnest($limited::INTEGER[]))
), told AS (
    SELECT ruled.rule, placed.service, placed.who, first, last, endings, labelled
    FROM placed JOIN shapes USING (shape) JOIN (SELECT number, endings, labelled FROM rollup) AS sizes USING (number)
    JOIN ruled ON placed.who = ruled.who AND placed.service = ruled.service AND placed.day IS NOT DISTINCT FROM ruled.day
              AND shapes.host IS NOT DISTINCT FROM ruled.host AND shapes.activity IS NOT DISTINCT FROM ruled.activity
    WHERE action IS DISTINCT FROM 'blocked' AND (endings IS NOT NULL OR labelled > 0)
), shown AS (
    SELECT rule, service, who, first, last, ending, 0 AS labelled
    FROM (SELECT * EXCLUDE (endings, labelled), unnest(endings) AS ending FROM told) JOIN outside USING (rule, ending)
    UNION ALL
    SELECT rule, service, who, first, last, NULL, labelled FROM told WHERE labelled > 0
)
SELECT service, rule, count(DISTINCT who) AS people, count(ending) AS files, sum(labelled)::BIGINT AS labelled,
       list_sort(list(DISTINCT ending) FILTER (ending IS NOT NULL)) AS endings, NULL::BIGINT AS bytes_out,
       min(first) AS first, max(last) AS last
FROM shown GROUP BY service, rule ORDER BY service, rule
