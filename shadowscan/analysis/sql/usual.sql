-- Of all days on which somebody was seen, counted per person, how many had known AI.
WITH seen AS (
    SELECT DISTINCT usage.day, coalesce(persons.person, holders.person, usage.device, 'unknown') AS who
    FROM usage
    LEFT JOIN persons ON usage."user" = spelling
    LEFT JOIN holders ON usage.day = holders.day AND usage.device = holders.device
    WHERE usage.day IS NOT NULL
      AND ($since IS NULL OR usage.day >= CAST($since AS DATE)) AND ($until IS NULL OR usage.day < CAST($until AS TIMESTAMP))
), known AS (
    SELECT DISTINCT who, day, TRUE AS ai FROM visits WHERE day IS NOT NULL
)
SELECT count(*) AS days, count(ai) AS days_with_ai FROM seen LEFT JOIN known USING (who, day)
