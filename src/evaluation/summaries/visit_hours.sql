-- One row: one hour of one day in which one loan began a visit.
--
-- day            days since 1970-01-01, in Japan
-- participation  the loan's pseudonym
-- hour           hour of the day in Japan, 0 to 23
-- visits         visits that began
SELECT
    day,
    participation,
    hour,
    COUNT(*) AS visits
FROM (
    SELECT
        CAST((japan_ms - day_ms) / 86400000 AS BIGINT) AS day,
        participation,
        CAST((day_ms - day_ms % 3600000) / 3600000 AS BIGINT) AS hour
    FROM (
        SELECT
            japan_ms,
            (japan_ms % 86400000 + 86400000) % 86400000 AS day_ms,
            participation
        FROM (
            SELECT
                happened_at + COALESCE(clock_offset_ms, 0) + 32400000
                    AS japan_ms,
                participation
            FROM records
            WHERE kind = 'visit_began'
        ) AS timed
    ) AS parted
) AS dated
GROUP BY day, participation, hour
