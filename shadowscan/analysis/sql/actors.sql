-- What the logs show of everybody who uses AI.
SELECT who, bool_or(named) AS named, mode(device) AS address, count(DISTINCT hour(first)) AS hours,
       count(DISTINCT day) AS days, coalesce(bool_or(client_kind = 'person'), FALSE) AS browser
FROM placed GROUP BY who
