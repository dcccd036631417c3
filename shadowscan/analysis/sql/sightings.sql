-- How the views of the same use were merged: what each told, and of how much of it that view leads.
SELECT log, class AS "view", sum(requests)::BIGINT AS records,
       coalesce(sum(requests) FILTER (place = 1), 0)::BIGINT AS leads, sum(bytes_out)::BIGINT AS bytes_out,
       (sum(bytes_out) FILTER (place = volume))::BIGINT AS bytes_leads
FROM views JOIN (SELECT DISTINCT view, log, class FROM shapes) AS names ON views.view = names.view
GROUP BY log, class ORDER BY leads DESC, records DESC, log, class
