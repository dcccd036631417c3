-- Who is who: one key per person, and which person a device belonged to on a day.
-- "EXAMPLE\ada", "ada@example.com" and "Ada" are one person while the logs know a single mail domain.
CREATE OR REPLACE TEMP TABLE persons AS
WITH spelled AS (
    SELECT DISTINCT "user" AS spelling, lower(regexp_replace("user", '^.*[\\/]', '')) AS name
    FROM usage WHERE "user" IS NOT NULL
), domains AS (
    SELECT count(DISTINCT split_part(name, '@', 2)) AS number FROM spelled WHERE contains(name, '@')
)
SELECT spelling, CASE WHEN number <= 1 THEN split_part(name, '@', 1) ELSE name END AS person
FROM spelled, domains;

-- A device has a person on the days on which exactly one user name is seen with it.
CREATE OR REPLACE TEMP TABLE holders AS
SELECT day, device, any_value(person) AS person
FROM usage JOIN persons ON "user" = spelling
WHERE device IS NOT NULL
GROUP BY day, device
HAVING count(DISTINCT person) = 1;

CREATE OR REPLACE TEMP TABLE everyone AS
SELECT DISTINCT coalesce(persons.person, holders.person, usage.device, 'unknown') AS who,
       (persons.person IS NOT NULL OR holders.person IS NOT NULL) AS named
FROM usage
LEFT JOIN persons ON usage."user" = spelling
LEFT JOIN holders ON usage.day = holders.day AND usage.device = holders.device
WHERE ($since IS NULL OR usage.day >= CAST($since AS DATE)) AND ($until IS NULL OR usage.day < CAST($until AS TIMESTAMP));
