-- One row: one setting that was chosen on one tablet of one loan on one day.
-- Of the rows of one tablet's day and setting, that of the greatest
-- last_sequence is the one that it was left at.
--
-- day            days since 1970-01-01, in Japan
-- participation  the loan's pseudonym
-- tablet         the installation; a loan has another one after a wipe
-- setting        text_size or language
-- chosen         what was chosen: a size of the letters, or a language
-- times          times it was chosen
-- last_sequence  the sequence number of the last of them
-- last_at        true time of the latest of them, ms since 1970-01-01 UTC
SELECT
    day,
    participation,
    tablet,
    setting,
    chosen,
    COUNT(*) AS times,
    MAX(sequence) AS last_sequence,
    MAX(true_ms) AS last_at
FROM (
    SELECT
        CAST((japan_ms - (japan_ms % 86400000 + 86400000) % 86400000)
            / 86400000 AS BIGINT) AS day,
        participation,
        tablet,
        setting,
        chosen,
        sequence,
        japan_ms - 32400000 AS true_ms
    FROM (
        SELECT
            happened_at + COALESCE(clock_offset_ms, 0) + 32400000 AS japan_ms,
            participation,
            tablet,
            CASE
                WHEN kind = 'text_size_set' THEN 'text_size'
                ELSE 'language'
            END AS setting,
            chosen,
            sequence
        FROM records
        WHERE kind IN ('text_size_set', 'language_set')
            AND chosen IS NOT NULL
    ) AS timed
) AS dated
GROUP BY day, participation, tablet, setting, chosen
