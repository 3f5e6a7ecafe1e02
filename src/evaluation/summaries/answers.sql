-- One row: the last answer to one question that was given on one tablet of one
-- loan on one day. An answer of a later day replaces it.
--
-- day            days since 1970-01-01, in Japan
-- participation  the loan's pseudonym
-- tablet         the installation; a loan has another one after a wipe
-- survey         the questionnaire
-- question       the question of it
-- times          times it was answered that day
-- choice         the last answer, as the record says it
-- answered_at    true time of the last answer, ms since 1970-01-01 UTC
SELECT
    folded.day AS day,
    folded.participation AS participation,
    folded.tablet AS tablet,
    folded.survey AS survey,
    folded.question AS question,
    folded.times AS times,
    answer.choice AS choice,
    answer.happened_at + COALESCE(answer.clock_offset_ms, 0) AS answered_at
FROM (
    SELECT
        day,
        participation,
        tablet,
        survey,
        question,
        COUNT(*) AS times,
        MAX(sequence) AS last_sequence
    FROM (
        SELECT
            CAST((japan_ms - (japan_ms % 86400000 + 86400000) % 86400000)
                / 86400000 AS BIGINT) AS day,
            participation,
            tablet,
            survey,
            question,
            sequence
        FROM (
            SELECT
                happened_at + COALESCE(clock_offset_ms, 0) + 32400000
                    AS japan_ms,
                participation,
                tablet,
                survey,
                question,
                sequence
            FROM records
            WHERE kind = 'question_answered'
                AND survey IS NOT NULL
                AND question IS NOT NULL
                AND choice IS NOT NULL
        ) AS timed
    ) AS dated
    GROUP BY day, participation, tablet, survey, question
) AS folded
JOIN records AS answer
    ON answer.tablet = folded.tablet
    AND answer.sequence = folded.last_sequence
