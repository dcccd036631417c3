-- Days on which one person sent far more to AI services than on the other days: median and MAD of the days' sums.
WITH daily AS (
    SELECT who, day, sum(bytes_out)::BIGINT AS bytes, arg_max(service, bytes_out) AS service,
           arg_max(verdict, bytes_out) AS verdict, min(first) AS first, max(last) AS last
    FROM judged WHERE day IS NOT NULL AND bytes_out IS NOT NULL GROUP BY who, day
), usual AS (
    SELECT who, median(bytes) AS middle, mad(bytes) AS spread, count(*) AS days FROM daily GROUP BY who
)
SELECT who, department, max(bytes) AS bytes, arg_max(day, bytes) AS day, arg_max(service, bytes) AS service,
       arg_max(verdict, bytes) AS verdict, list(day ORDER BY day) AS all_days,
       any_value(middle)::BIGINT AS middle, any_value(spread)::BIGINT AS spread, any_value(days) AS days,
       min(first) AS first, max(last) AS last
FROM daily JOIN usual USING (who) LEFT JOIN actors USING (who)
WHERE days >= $days AND bytes - middle >= $least
  AND bytes > middle + $factor * 1.4826 * greatest(spread, 0.1 * middle, 100000)
GROUP BY who, department ORDER BY bytes DESC, who
