-- One row: one service that one loan opened, left or was led out of on one day.
--
-- day                days since 1970-01-01, in Japan
-- participation      the loan's pseudonym
-- service            the tile's id; (none) where the record names none
-- opened             times it was opened
-- closed             times it was left
-- closed_quickly     of these, open for less than 5 s
-- handed_over        touches that led out of the tablet
-- handed_to_qr       of these, to a code for another telephone
-- handed_to_browser  of these, to the browser
-- handed_to_phone    of these, to a telephone call
SELECT
    day,
    participation,
    service,
    COUNT(CASE WHEN kind = 'service_opened' THEN 1 END) AS opened,
    COUNT(CASE WHEN kind = 'service_left' THEN 1 END) AS closed,
    COUNT(CASE WHEN kind = 'service_left' AND dwell_ms < 5000 THEN 1 END)
        AS closed_quickly,
    COUNT(CASE WHEN kind = 'handed_over' THEN 1 END) AS handed_over,
    COUNT(CASE WHEN kind = 'handed_over' AND chosen = 'qr' THEN 1 END)
        AS handed_to_qr,
    COUNT(CASE WHEN kind = 'handed_over' AND chosen = 'browser' THEN 1 END)
        AS handed_to_browser,
    COUNT(CASE WHEN kind = 'handed_over' AND chosen = 'phone' THEN 1 END)
        AS handed_to_phone
FROM (
    SELECT
        CAST((japan_ms - (japan_ms % 86400000 + 86400000) % 86400000)
            / 86400000 AS BIGINT) AS day,
        participation,
        service,
        kind,
        dwell_ms,
        chosen
    FROM (
        SELECT
            happened_at + COALESCE(clock_offset_ms, 0) + 32400000 AS japan_ms,
            participation,
            COALESCE(service, '(none)') AS service,
            kind,
            dwell_ms,
            chosen
        FROM records
        WHERE kind IN ('service_opened', 'service_left', 'handed_over')
    ) AS timed
) AS dated
GROUP BY day, participation, service
