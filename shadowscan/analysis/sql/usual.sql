-- Of all days on which somebody was seen, counted per person, how many had known AI.
WITH seen AS (
    SELECT DISTINCT day, who FROM whose
    WHERE day IS NOT NULL
      AND ($since IS NULL OR day >= CAST($since AS DATE)) AND ($until IS NULL OR day < CAST($until AS TIMESTAMP))
), known AS (
    SELECT DISTINCT who, day, TRUE AS ai FROM visits WHERE day IS NOT NULL
)
SELECT count(*) AS days, count(ai) AS days_with_ai FROM seen LEFT JOIN known USING (who, day)
