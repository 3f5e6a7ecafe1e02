-- One row: what one tablet wrote for one loan on one day, and how well it came.
-- Numbers missing: over all days of one tablet and loan, the greatest
-- last_sequence less the smallest first_sequence, plus 1, less all written.
--
-- day               days since 1970-01-01, in Japan; a clock may say any
-- participation     the loan's pseudonym
-- tablet            the installation; a loan has another one after a wipe
-- written           records written
-- first_sequence    the smallest of their sequence numbers
-- last_sequence     the greatest of them
-- late              records that came more than 24 h after they were written
-- clock_off         records written with the clock off by more than 5 min
-- clock_unknown     records of which nobody knows how far the clock was off
-- last_received_at  when the last of them came, ms since 1970-01-01 UTC
SELECT
    day,
    participation,
    tablet,
    COUNT(*) AS written,
    MIN(sequence) AS first_sequence,
    MAX(sequence) AS last_sequence,
    COUNT(CASE WHEN received_at - true_ms > 86400000 THEN 1 END) AS late,
    COUNT(CASE
        WHEN clock_offset_ms > 300000 OR clock_offset_ms < -300000 THEN 1
    END) AS clock_off,
    COUNT(CASE WHEN clock_offset_ms IS NULL THEN 1 END) AS clock_unknown,
    MAX(received_at) AS last_received_at
FROM (
    SELECT
        CAST((japan_ms - (japan_ms % 86400000 + 86400000) % 86400000)
            / 86400000 AS BIGINT) AS day,
        participation,
        tablet,
        sequence,
        clock_offset_ms,
        received_at,
        japan_ms - 32400000 AS true_ms
    FROM (
        SELECT
            happened_at + COALESCE(clock_offset_ms, 0) + 32400000 AS japan_ms,
            participation,
            tablet,
            sequence,
            clock_offset_ms,
            received_at
        FROM records
    ) AS timed
) AS dated
GROUP BY day, participation, tablet
