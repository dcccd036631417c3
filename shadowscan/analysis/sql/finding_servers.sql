-- The server behind each candidate that looks like a model runtime, by address where a record tells it.
SELECT DISTINCT coalesce(host, dst_ip || ':' || dst_port) AS host, dst_ip AS address
FROM events WHERE verdict = 'candidate' AND service IN (SELECT unnest($runtimes::VARCHAR[])) AND dst_ip IS NOT NULL
