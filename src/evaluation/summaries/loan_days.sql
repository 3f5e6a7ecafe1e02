-- One row: one loan on one day on which its tablet wrote anything.
--
-- day                      days since 1970-01-01, in Japan
-- participation            the loan's pseudonym
-- starts                   times the program started
-- visits                   visits that began
-- alert_visits             of these, begun by answering a warning
-- services_opened          times a tile was opened
-- services_closed          times a tile was left
-- services_closed_quickly  of these, open for less than 5 s
-- handed_over              touches that led out of the tablet
-- read_aloud               times a screen was read aloud
-- helps                    times the help screen was opened
-- call_backs               times a call back was asked for
-- repeats_ignored          touches that did nothing: too soon after another
-- slides_ignored           touches that did nothing: the finger slid
SELECT
    day,
    participation,
    COUNT(CASE WHEN kind = 'started' THEN 1 END) AS starts,
    COUNT(CASE WHEN kind = 'visit_began' THEN 1 END) AS visits,
    COUNT(CASE WHEN kind = 'visit_began' AND how = 'alert' THEN 1 END)
        AS alert_visits,
    COUNT(CASE WHEN kind = 'service_opened' THEN 1 END) AS services_opened,
    COUNT(CASE WHEN kind = 'service_left' THEN 1 END) AS services_closed,
    COUNT(CASE WHEN kind = 'service_left' AND dwell_ms < 5000 THEN 1 END)
        AS services_closed_quickly,
    COUNT(CASE WHEN kind = 'handed_over' THEN 1 END) AS handed_over,
    COUNT(CASE WHEN kind = 'read_aloud' THEN 1 END) AS read_aloud,
    COUNT(CASE WHEN kind = 'help_opened' THEN 1 END) AS helps,
    COUNT(CASE WHEN kind = 'call_back_asked' THEN 1 END) AS call_backs,
    COUNT(CASE WHEN kind = 'touch_ignored' AND why = 'repeat' THEN 1 END)
        AS repeats_ignored,
    COUNT(CASE WHEN kind = 'touch_ignored' AND why = 'slide' THEN 1 END)
        AS slides_ignored
FROM (
    SELECT
        CAST((japan_ms - (japan_ms % 86400000 + 86400000) % 86400000)
            / 86400000 AS BIGINT) AS day,
        participation,
        kind,
        how,
        dwell_ms,
        why
    FROM (
        SELECT
            happened_at + COALESCE(clock_offset_ms, 0) + 32400000 AS japan_ms,
            participation,
            kind,
            how,
            dwell_ms,
            why
        FROM records
    ) AS timed
) AS dated
GROUP BY day, participation
