-- People who sent far more to AI services in the period than others of their department: median and MAD of its people.
WITH sums AS (
    SELECT who, department, sum(bytes_out)::BIGINT AS bytes, arg_max(service, bytes_out) AS service,
           arg_max(verdict, bytes_out) AS verdict, min(first) AS first, max(last) AS last
    FROM judged JOIN actors USING (who)
    WHERE department IS NOT NULL AND actors.kind = 'person' AND bytes_out IS NOT NULL GROUP BY who, department
), usual AS (
    SELECT department, median(bytes) AS middle, mad(bytes) AS spread, count(*) AS people FROM sums GROUP BY department
)
SELECT who, department, bytes, service, verdict, middle::BIGINT AS middle, spread::BIGINT AS spread, people, first, last
FROM sums JOIN usual USING (department)
WHERE people >= $people AND bytes - middle >= $least
  AND bytes > middle + $factor * 1.4826 * greatest(spread, 0.1 * middle, 100000)
ORDER BY bytes DESC, who
