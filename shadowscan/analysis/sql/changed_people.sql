WITH people AS (SELECT who, bool_or(recent) AS now, bool_or(NOT recent) AS before FROM compared GROUP BY who)
SELECT count(*) FILTER (before) AS people_before, count(*) FILTER (now) AS people,
       coalesce(list(who ORDER BY who) FILTER (now AND NOT before), []) AS new_people
FROM people
