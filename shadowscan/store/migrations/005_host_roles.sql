-- What a host does for its service (web, api, telemetry ...); all hosts are labelled again to fill it.
ALTER TABLE hosts ADD COLUMN role VARCHAR;
UPDATE hosts SET basis = '';
UPDATE meta SET value = '' WHERE key = 'catalog';
