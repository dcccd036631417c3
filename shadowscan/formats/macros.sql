-- The vocabulary of format files, beside DuckDB's own scalar functions. Each macro takes text that a
-- stranger wrote and gives NULL, never an error, where it can't be understood.

-- Written for speed where it shows: trim() costs ten times a contains(), a regex with two optional heads twenty times.
CREATE OR REPLACE MACRO unquoted(x) AS (CASE WHEN starts_with(x, '"') THEN rtrim(x[2:], '"') ELSE x END);
CREATE OR REPLACE MACRO kv_value(x) AS (CASE WHEN starts_with(x, '""') THEN x[3:-3] WHEN starts_with(x, '"') THEN x[2:-2]
    WHEN starts_with(x, '''') AND ends_with(x, '''') THEN x[2:-2] ELSE x END);
CREATE OR REPLACE MACRO after_scheme(x) AS (CASE WHEN contains(x, '://') AND NOT starts_with(x, '/') THEN substr(x, strpos(x, '://') + 3) ELSE x END);

-- A URL, host:port, [address]:port or bare name -> the host: lower case, no port, no trailing dot.
CREATE OR REPLACE MACRO odd_host(x) AS rtrim(lower(
    CASE WHEN contains(x, '::') AND regexp_full_match(x, '[0-9A-Fa-f:.]+(%\w+)?') THEN split_part(x, '%', 1)
         ELSE trim(regexp_extract(regexp_replace(after_scheme(x), '^"?[^/?#@]*@', ''), '^"?(\[[\w:.%-]*\]|[^/?#:\s"]*)', 1), '[]') END), '.');
CREATE OR REPLACE MACRO plain_host(x) AS
    split_part(CASE WHEN contains(x, '://') THEN split_part(x, '/', 3) ELSE split_part(x, '/', 1) END, ':', 1);
CREATE OR REPLACE MACRO host_of(x) AS (
    CASE WHEN regexp_full_match(plain_host(x), '[a-z0-9._-]*[a-z0-9_-]') AND NOT contains(x, '@') AND NOT contains(x, '::')
         THEN plain_host(x) ELSE nullif(odd_host(x), '') END);

-- Path of a URL with or without scheme and host; NULL for host:port and for names alone.
CREATE OR REPLACE MACRO path_from(x) AS (
    CASE WHEN NOT contains(x, '/') THEN NULL
         WHEN contains(x, '?') OR contains(x, '#') THEN nullif(regexp_extract(x, '^[^/?#]*(/[^?#]*)', 1), '')
         ELSE substr(x, strpos(x, '/')) END);
CREATE OR REPLACE MACRO url_path(x) AS path_from(after_scheme(x));
CREATE OR REPLACE MACRO url_query(x) AS (CASE WHEN contains(x, '?') THEN nullif(regexp_extract(x, '\?([^#]*)', 1), '') END);

-- Port of a URL: written, or of its scheme.
CREATE OR REPLACE MACRO written_port(x) AS
    try_cast(nullif(regexp_extract(split_part(after_scheme(x), '/', 1), ':(\d{1,5})$', 1), '') AS INTEGER);
CREATE OR REPLACE MACRO scheme_port(x) AS (
    CASE WHEN NOT contains(x, '://') THEN NULL WHEN starts_with(lower(x), 'https:') THEN 443 WHEN starts_with(lower(x), 'http:') THEN 80 END);
CREATE OR REPLACE MACRO url_port(x) AS (
    CASE WHEN contains(after_scheme(x), ':') AND written_port(x) IS NOT NULL THEN written_port(x) ELSE scheme_port(x) END);

-- An address out of "a", "/a" (Java), "a:port", "[a]:port", "a%zone", "a/port"; NULL if it is none.
CREATE OR REPLACE MACRO ip_of(x) AS coalesce(
    nullif(regexp_extract(x, '^\s*"?/?(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:[^\d.].*)?$', 1), ''),
    CASE WHEN regexp_matches(x, '::|(?:[0-9A-Fa-f]{1,4}:){7}') THEN
        lower(nullif(regexp_extract(x, '^\s*"?\[?((?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]{0,15})(?:[%\]/,\s"].*)?$', 1), '')) END);

-- Port 0..65535 out of "443", "443/tcp", "192.0.2.1:443", "192.0.2.1#53".
CREATE OR REPLACE MACRO port_number(n) AS (CASE WHEN n BETWEEN 0 AND 65535 THEN n END);
CREATE OR REPLACE MACRO port_of(x) AS port_number(coalesce(try_cast(x AS INTEGER),
    try_cast(nullif(regexp_extract(x, '^(?:.*[\].\w][:#])?(\d{1,5})(?:/\w+)?$', 1), '') AS INTEGER)));

-- Whole numbers: "123", "123.0", "1,234", "123 bytes"; negative ones are no count. Sizes in units of 1000 (KB) or 1024 (KiB).
CREATE OR REPLACE MACRO int_of(x) AS (
    CASE WHEN try_cast(x AS UBIGINT) IS NOT NULL THEN try_cast(x AS BIGINT)
         WHEN regexp_full_match(x, '\d+(\.\d+)? ?[KMGTkmgt][Ii]?[Bb]') THEN try_cast(try_cast(regexp_extract(x, '^[\d.]+') AS DOUBLE)
             * power(CASE WHEN contains(lower(x), 'ib') THEN 1024 ELSE 1000 END, strpos('kmgt', lower(regexp_extract(x, '[KMGTkmgt]')))) AS BIGINT)
         ELSE try_cast(replace(nullif(regexp_extract(x, '^\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:\s*[A-Za-z]*)?\s*$', 1), ''), ',', '') AS BIGINT) END);

-- Seconds since 1970, in s, ms, us or ns by magnitude, with or without a fraction.
CREATE OR REPLACE MACRO epoch_time(x) AS (
    CASE WHEN try_cast(x AS DOUBLE) BETWEEN 1e8 AND 1e11 THEN to_timestamp(try_cast(x AS DOUBLE))
         WHEN try_cast(x AS DOUBLE) BETWEEN 1e11 AND 1e14 THEN make_timestamptz((try_cast(x AS DOUBLE) * 1000)::BIGINT)
         WHEN try_cast(x AS DOUBLE) BETWEEN 1e14 AND 1e17 THEN make_timestamptz(try_cast(x AS DOUBLE)::BIGINT)
         WHEN try_cast(x AS DOUBLE) BETWEEN 1e17 AND 1e20 THEN make_timestamptz((try_cast(x AS DOUBLE) / 1000)::BIGINT) END);

-- ISO 8601 and its usual neighbours (blank for T, slashes, comma fraction); a zone in the text is honoured.
CREATE OR REPLACE MACRO iso_time(x) AS coalesce(
    try_cast(x AS TIMESTAMPTZ),
    try_cast(regexp_replace(regexp_replace(x, '^(\d{4})[/.](\d\d)[/.](\d\d)', '\1-\2-\3'), ',(\d{1,9})', '.\1') AS TIMESTAMPTZ),
    try_cast(regexp_extract(x, '^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?)', 1) AS TIMESTAMPTZ));

-- Text in one given strptime layout (https://duckdb.org/docs/stable/sql/functions/dateformat).
CREATE OR REPLACE MACRO time_as(x, layout) AS CAST(try_strptime(x, layout) AS TIMESTAMPTZ);

-- "Nov  8 12:30:46" without a year: 1904 (a leap year) stands for "not stated", resolved by the engine.
CREATE OR REPLACE MACRO syslog_time(x) AS CAST(coalesce(
    try_strptime('1904 ' || regexp_replace(regexp_extract(x, '([A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d)', 1), ' +', ' ', 'g'), '%Y %b %d %H:%M:%S'),
    try_strptime('1904 ' || regexp_extract(x, '(\d{1,2} [A-Z][a-z]{2} \d\d:\d\d:\d\d)', 1), '%Y %d %b %H:%M:%S')) AS TIMESTAMPTZ);

-- A time in any of the layouts logs use; dearer than the exact macros above, for general readers.
CREATE OR REPLACE MACRO any_time(x) AS coalesce(
    CASE WHEN regexp_full_match(x, '"?\d{9,19}(\.\d+)?"?') THEN epoch_time(trim(x, '"')) END,
    CASE WHEN regexp_matches(x, '^\d{4}[-/.]\d\d[-/.]\d\d') THEN iso_time(x) END,
    CASE WHEN regexp_matches(x, '^\[?\d{1,2}/[A-Z][a-z]{2}/\d{4}') THEN CAST(try_strptime(trim(x, '[]'),
        ['%d/%b/%Y:%H:%M:%S.%g %z', '%d/%b/%Y:%H:%M:%S %z', '%d/%b/%Y:%H:%M:%S', '%d/%b/%Y %H:%M:%S']) AS TIMESTAMPTZ) END,
    CASE WHEN regexp_matches(x, '^[A-Z][a-z]{2}[a-z]*,? ') THEN CAST(try_strptime(regexp_replace(
            regexp_replace(regexp_replace(x, ' (?:GMT|UTC)([+-]\d\d):?(\d\d)$', ' \1\2'), ' (UTC|GMT|Z)$', ' +0000'), ' +', ' ', 'g'),
        ['%a %b %d %H:%M:%S %Y %z', '%a %b %d %H:%M:%S %Y', '%a, %d %b %Y %H:%M:%S %z', '%a %b %d %H:%M:%S %z %Y', '%b %d %Y %H:%M:%S %z', '%b %d %Y %H:%M:%S',
         '%b %d, %Y %H:%M:%S', '%b %d, %Y %I:%M:%S %p', '%a %d %b %Y %H:%M:%S']) AS TIMESTAMPTZ) END,
    CASE WHEN regexp_matches(x, '^\[?\d{1,2}[-/. ](\d{1,2}|[A-Z][a-z]{2})[-/. ]\d{2,4}') THEN CAST(try_strptime(trim(x, '[]'),
        ['%d/%m/%Y %H:%M:%S', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M:%S %p', '%d.%m.%Y %H:%M:%S', '%d-%m-%Y %H:%M:%S',
         '%d-%b-%Y %H:%M:%S.%g', '%d-%b-%Y %H:%M:%S', '%d %b %Y %H:%M:%S', '%d/%m/%y %H:%M:%S']) AS TIMESTAMPTZ) END,
    CASE WHEN regexp_matches(x, '[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d') THEN syslog_time(x) END);

-- What the device did, from its own word for it: allowed, blocked or NULL. (DuckDB would make joins of long INs.)
CREATE OR REPLACE MACRO action_of(x) AS (
    CASE WHEN x IS NULL THEN NULL
         WHEN list_contains(['allow', 'allowed', 'Allow', 'Allowed', 'ALLOWED', 'accept', 'pass', 'permit', 'ok', 'passthrough', 'TCP_TUNNEL', 'TCP_MISS'], x) THEN 'allowed'
         WHEN list_contains(['deny', 'denied', 'block', 'Block', 'blocked', 'Blocked', 'BLOCKED', 'drop', 'reject', 'TCP_DENIED'], x) THEN 'blocked'
         WHEN regexp_matches(x, '(?i)den[iy]|block|drop|reject|reset|refus|forbid|discard|prevent|quarantin|sinkhol|disallow|not.?allow|kill|redirect|isolat|\bban') THEN 'blocked'
         WHEN regexp_matches(x, '(?i)allow|accept|permit|pass|forward|monitor|trust|built|success|observ|inspect|detect|alert|close|end|start|continue|log|warn|caution|coach|established|proxy|tcp_\w*(hit|miss|tunnel|refresh|expired|none)|notified|timeout') THEN 'allowed'
    END);

-- "(5)login(4)live(3)com(0)" (Windows DNS debug log) -> login.live.com
CREATE OR REPLACE MACRO dns_labels(x) AS nullif(trim(regexp_replace(x, '\(\d+\)', '.', 'g'), '.'), '');

-- The vendor's data-loss label (names of engines, rules or patterns that matched) as what an event's `detail` keeps of it.
CREATE OR REPLACE MACRO dlp_label(x) AS (CASE WHEN x <> '' THEN json_object('dlp', x) END);

-- The addresses among names and other text (answers of a DNS reply), separated by commas.
CREATE OR REPLACE MACRO addresses_in(x) AS nullif(array_to_string(regexp_extract_all(
    x, '(?:^|[^\w.:-])(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f.:]*)', 1), ','), '');

-- Time of the syslog header, for records that bear none of their own (RFC 5424, ISO and RFC 3164 headers).
CREATE OR REPLACE MACRO header_time(x) AS coalesce(
    try_cast(nullif(regexp_extract(x, '^(?:\d{1,6} )?(?:<\d{1,3}>)?\s*(?:\d{1,2} )?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)', 1), '') AS TIMESTAMPTZ),
    time_as(regexp_replace(regexp_extract(x, '^(?:\d{1,6} )?(?:<\d{1,3}>)?\s*(?:\d{1,2} )?([A-Z][a-z]{2} +\d{1,2} \d{4} \d\d:\d\d:\d\d)', 1), ' +', ' ', 'g'), '%b %d %Y %H:%M:%S'),
    time_as(regexp_replace(regexp_extract(x, '^(?:\d{1,6} )?(?:<\d{1,3}>)?\s*([A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d 20\d\d)\s', 1), ' +', ' ', 'g'), '%b %d %H:%M:%S %Y'),
    syslog_time(nullif(regexp_extract(x, '^(?:\d{1,6} )?(?:<\d{1,3}>)?\s*(?:\d+: )?(?:[\w.-]+: )?[*.]?([A-Z][a-z]{2} +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d)', 1), '')));

-- A time that states no year (1904) gets the latest year that doesn't put it after the reference; 29 February a leap year.
CREATE OR REPLACE MACRO in_year_of(ts, reference, step) AS (
    CASE WHEN ts + to_years(((year(reference) - 1904) // step * step)::INTEGER) > reference + INTERVAL 2 DAY
         THEN ts + to_years(((year(reference) - 1904) // step * step - step)::INTEGER)
         ELSE ts + to_years(((year(reference) - 1904) // step * step)::INTEGER) END);
CREATE OR REPLACE MACRO with_year(ts, reference) AS (
    CASE WHEN year(ts) <> 1904 THEN ts
         WHEN month(ts) = 2 AND day(ts) = 29 THEN in_year_of(ts, reference, 4)
         ELSE in_year_of(ts, reference, 1) END);

-- Transport protocol by name from its name or number.
CREATE OR REPLACE MACRO proto_of(x) AS (
    CASE lower(x) WHEN '6' THEN 'tcp' WHEN '17' THEN 'udp' WHEN '1' THEN 'icmp' WHEN '58' THEN 'icmp6' WHEN '' THEN NULL ELSE lower(x) END);
