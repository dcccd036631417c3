-- A catalogue that has grown relabels hosts and events; traffic it makes AI use of only now is known by the day.
ALTER TABLE hosts ADD COLUMN basis VARCHAR;         -- digest of all the catalogue says of the host; NULL: nothing
ALTER TABLE hosts ADD COLUMN recognised TIMESTAMP;  -- since when it is a service, where that was after it had been seen
ALTER TABLE events ADD COLUMN IF NOT EXISTS client_why VARCHAR;
ALTER TABLE ai_usage ADD COLUMN revealed BOOLEAN;   -- TRUE: of a whole day, from usage; no event tells more of it
