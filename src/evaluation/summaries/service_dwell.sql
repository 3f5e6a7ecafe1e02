-- One row: how often one loan left one service, on one day, after a time of
-- about one length. Together they are a histogram of the time that it was open.
--
-- day            days since 1970-01-01, in Japan: the day on which it was left
-- participation  the loan's pseudonym
-- service        the tile's id; (none) where the record names none
-- bucket         the length of time, by its number in dwell_buckets
-- times          times it was left after so long
SELECT
    day,
    participation,
    service,
    bucket,
    COUNT(*) AS times
FROM (
    SELECT
        CAST((japan_ms - (japan_ms % 86400000 + 86400000) % 86400000)
            / 86400000 AS BIGINT) AS day,
        participation,
        service,
        bucket
    FROM (
        SELECT
            happened_at + COALESCE(clock_offset_ms, 0) + 32400000 AS japan_ms,
            participation,
            COALESCE(service, '(none)') AS service,
            bucket
        FROM records
        -- CROSS JOIN: SQLite then looks each record up among the buckets, and
        -- not the other way round, which takes several times as long.
        CROSS JOIN dwell_buckets
        WHERE kind = 'service_left'
            AND dwell_ms >= from_ms
            AND dwell_ms < below_ms
    ) AS timed
) AS dated
GROUP BY day, participation, service, bucket
