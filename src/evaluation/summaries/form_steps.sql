-- One row: one step of one form in which one loan did anything, on one day.
--
-- day            days since 1970-01-01, in Japan
-- participation  the loan's pseudonym
-- form           the form
-- step           the step of it, as the record says it
-- began          times the form was begun there
-- reached        times the step was reached
-- sent           times the form was sent from there
-- given_up       times the form was left there, unsent
SELECT
    day,
    participation,
    form,
    step,
    COUNT(CASE WHEN kind = 'form_began' THEN 1 END) AS began,
    COUNT(CASE WHEN kind = 'form_step' THEN 1 END) AS reached,
    COUNT(CASE WHEN kind = 'form_sent' THEN 1 END) AS sent,
    COUNT(CASE WHEN kind = 'form_left' THEN 1 END) AS given_up
FROM (
    SELECT
        CAST((japan_ms - (japan_ms % 86400000 + 86400000) % 86400000)
            / 86400000 AS BIGINT) AS day,
        participation,
        form,
        step,
        kind
    FROM (
        SELECT
            happened_at + COALESCE(clock_offset_ms, 0) + 32400000 AS japan_ms,
            participation,
            form,
            step,
            kind
        FROM records
        WHERE kind IN ('form_began', 'form_step', 'form_sent', 'form_left')
            AND form IS NOT NULL
    ) AS timed
) AS dated
GROUP BY day, participation, form, step
