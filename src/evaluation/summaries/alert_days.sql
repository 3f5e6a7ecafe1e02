-- One row: the warnings of one level that one loan saw or answered on one day.
--
-- day                days since 1970-01-01, in Japan
-- participation      the loan's pseudonym
-- level              how grave it is, by the level of the warning, 2 to 5
-- shown              times a warning took over the screen
-- answered           times one was answered, be it shown the day before
-- answered_promptly  of these, within 10 minutes (600000 ms) of being shown
SELECT
    day,
    participation,
    level,
    COUNT(CASE WHEN kind = 'alert_shown' THEN 1 END) AS shown,
    COUNT(CASE WHEN kind = 'alert_answered' THEN 1 END) AS answered,
    COUNT(CASE WHEN kind = 'alert_answered' AND after_ms <= 600000 THEN 1 END)
        AS answered_promptly
FROM (
    SELECT
        CAST((japan_ms - (japan_ms % 86400000 + 86400000) % 86400000)
            / 86400000 AS BIGINT) AS day,
        participation,
        level,
        kind,
        after_ms
    FROM (
        SELECT
            happened_at + COALESCE(clock_offset_ms, 0) + 32400000 AS japan_ms,
            participation,
            level,
            kind,
            after_ms
        FROM records
        WHERE kind IN ('alert_shown', 'alert_answered')
    ) AS timed
) AS dated
GROUP BY day, participation, level
