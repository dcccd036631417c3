-- Who was met on which day, as the records say it; `requested`: by more than lookups of names.
CREATE OR REPLACE TEMP TABLE presence AS
SELECT day, origin_id, requested, "user", device
FROM (SELECT day, origin_id, bool_or(kind <> 'dns') AS requested FROM usage GROUP BY day, origin_id)
JOIN origins USING (origin_id);

-- Who is who: one key per person. "EXAMPLE\ada", "ada@example.com" and "Ada" are one person while the logs know a single
-- mail domain; other names are those of the people file (`directory`: name, person).
CREATE OR REPLACE TEMP TABLE persons AS
WITH spelled AS (
    SELECT DISTINCT "user" AS spelling, lower(regexp_replace("user", '^.*[\\/]', '')) AS name
    FROM (SELECT "user" FROM origins SEMI JOIN presence USING (origin_id) UNION ALL SELECT "user" FROM leases) WHERE "user" IS NOT NULL
), domains AS (
    SELECT count(DISTINCT split_part(name, '@', 2)) AS number FROM spelled WHERE contains(name, '@')
), short AS (
    SELECT spelling, name, CASE WHEN number <= 1 THEN split_part(name, '@', 1) ELSE name END AS person
    FROM spelled, domains
)
SELECT spelling, coalesce(spelt.person, bare.person, known.person, short.person) AS person
FROM short
LEFT JOIN directory AS spelt ON lower(spelling) = spelt.name
LEFT JOIN directory AS bare ON short.name = bare.name
LEFT JOIN directory AS known ON short.person = known.name;

-- The user name met with each device, a day; `several`: one of several.
CREATE OR REPLACE TEMP TABLE users_met AS
SELECT day, device, min(person) AS person, min(person) <> max(person) AS several
FROM presence JOIN persons ON "user" = spelling
WHERE device IS NOT NULL AND day IS NOT NULL
GROUP BY day, device;

-- Leases by day: pieces of days in which an address was somebody's, none overlapping another.
CREATE OR REPLACE TEMP TABLE leased AS
WITH span AS (
    SELECT min(day) AS first, max(day) AS last FROM presence
), clipped AS (
    SELECT row_number() OVER () AS lease, address, since, "user", lower(device) AS name,
           least(until, coalesce(lead(since) OVER (PARTITION BY address ORDER BY since), until)) AS until
    FROM (SELECT * REPLACE (coalesce(until, TIMESTAMP '9999-12-31') AS until) FROM leases)
), daily AS (
    SELECT lease, address, since, until, "user", name,
           CAST(unnest(range(CAST(greatest(since, first) AS DATE), CAST(least(until, last + 1) AS DATE) + 1,
                             INTERVAL 1 DAY)) AS DATE) AS day
    FROM clipped, span WHERE until > first AND since < last + 1
)
SELECT lease, day, address AS device, greatest(since, day) AS since, least(until, day + 1) AS until,
       coalesce(persons.person, directory.person) AS person, daily.name
FROM daily
LEFT JOIN persons ON "user" = spelling
LEFT JOIN directory ON daily.name = directory.name
WHERE since < day + 1 AND until > day;

-- When a user name was seen with a device that a lease gives to a device, or that several users had that day.
CREATE OR REPLACE TEMP TABLE sighted AS
SELECT CAST(slot AS DATE) AS day, device, person, min(first) AS first, max(last) AS last
FROM ai_usage JOIN persons ON "user" = spelling
WHERE (CAST(slot AS DATE), device) IN (
    SELECT (day, device) FROM users_met WHERE several UNION ALL SELECT (day, device) FROM leased WHERE person IS NULL
)
GROUP BY day, device, person, slot;

-- Whose a device was, and when; no two rows of a device overlap. From a lease, by the people file, as the only user of the
-- day, or as the one seen with it within a quarter of an hour. `named`: a person, not the device's own name.
CREATE OR REPLACE TEMP TABLE held AS
WITH used AS (
    SELECT lease, any_value(person) AS person FROM (
        SELECT lease, sighted.person FROM leased JOIN sighted USING (day, device)
        WHERE leased.person IS NULL AND first >= since AND first < until
        UNION ALL
        SELECT lease, users_met.person FROM leased JOIN users_met USING (day, device)
        WHERE leased.person IS NULL AND NOT several
        QUALIFY count(*) OVER (PARTITION BY day, device) = 1
    )
    GROUP BY lease HAVING count(DISTINCT person) = 1
), near AS (
    SELECT day, device, person, first, last, max(last) OVER earlier AS before, lead(first) OVER sequence AS after,
           EXISTS (FROM sighted AS other
                   WHERE other.day = sighted.day AND other.device = sighted.device AND other.person <> sighted.person
                     AND other.first <= sighted.last AND other.last >= sighted.first) AS shared
    FROM sighted ANTI JOIN leased USING (day, device)
    WINDOW sequence AS (PARTITION BY day, device ORDER BY first, last),
           earlier AS (PARTITION BY day, device ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT day, device, since, until, coalesce(leased.person, used.person, name) AS person,
       coalesce(leased.person, used.person) IS NOT NULL AS named,
       CASE WHEN leased.person IS NOT NULL THEN 'lease' WHEN used.person IS NOT NULL THEN 'lease-and-user'
            ELSE 'lease-of-device' END AS known_by
FROM leased LEFT JOIN used USING (lease)
UNION ALL
SELECT day, device, day, day + 1, directory.person, TRUE, 'people-file'
FROM (SELECT DISTINCT day, device FROM presence WHERE day IS NOT NULL) JOIN directory ON lower(device) = directory.name
ANTI JOIN leased USING (day, device)
UNION ALL
SELECT day, device, day, day + 1, person, TRUE, 'only-user'
FROM users_met ANTI JOIN leased USING (day, device) ANTI JOIN directory ON lower(device) = directory.name
WHERE NOT several
UNION ALL
SELECT day, device, greatest(first - INTERVAL 15 MINUTE, coalesce(before + (first - before) / 2, day)),
       least(last + INTERVAL 15 MINUTE, coalesce(last + (after - last) / 2, day + 1)), person, TRUE, 'near'
FROM near ANTI JOIN directory ON lower(device) = directory.name
WHERE NOT shared;

-- By day, for what is known by day only: the one that a device was all day.
CREATE OR REPLACE TEMP TABLE holders AS
SELECT day, device, min(person) AS person, any_value(named) AS named
FROM held WHERE known_by <> 'near'
GROUP BY day, device
HAVING min(person) = max(person);

-- Whose each row of the rollup of all traffic is, by its day and client.
CREATE OR REPLACE TEMP TABLE whose AS
SELECT day, origin_id, requested, device, coalesce(persons.person, holders.person, device, 'unknown') AS who,
       persons.person IS NOT NULL OR holders.person IS NOT NULL AS known,
       persons.person IS NOT NULL OR coalesce(holders.named, FALSE) AS named
FROM presence
LEFT JOIN persons ON "user" = spelling
LEFT JOIN holders USING (day, device);

CREATE OR REPLACE TEMP TABLE everyone AS
SELECT DISTINCT who, named FROM (
    SELECT day, who, named FROM whose
    WHERE known OR device IS NULL OR (day, device) NOT IN (SELECT (day, device) FROM leased)
    UNION ALL
    SELECT day, person, named FROM held SEMI JOIN presence USING (day, device) WHERE known_by LIKE 'lease%'
)
WHERE ($since IS NULL OR day >= CAST($since AS DATE)) AND ($until IS NULL OR day < CAST($until AS TIMESTAMP));
