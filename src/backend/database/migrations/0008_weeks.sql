-- A second fold, of whole weeks and of the days within their loans, so that a report of half a year looks at
-- thousands of rows and not at millions. It is a function of the summaries and the loans: a week that is
-- not in `folded_weeks` is folded when it is next needed. Weeks begin on Mondays; `monday` is the day.
CREATE TABLE folded_weeks (
    monday BIGINT PRIMARY KEY
);

CREATE TABLE week_service_dwell (
    monday  BIGINT NOT NULL,
    cohort  TEXT   NOT NULL,
    service TEXT   NOT NULL,
    bucket  BIGINT NOT NULL,
    times   BIGINT NOT NULL
);
CREATE INDEX week_service_dwell_monday ON week_service_dwell (monday);

CREATE TABLE week_services (
    monday        BIGINT NOT NULL,
    participation TEXT   NOT NULL,
    service       TEXT   NOT NULL,
    opened        BIGINT NOT NULL,
    handed_over   BIGINT NOT NULL
);
CREATE INDEX week_services_monday ON week_services (monday);

-- `hours` is a list of `HOUR,VISITS` parted by semicolons, where HOUR counts from Monday 0:00, 0 to 167.
CREATE TABLE week_hours (
    monday        BIGINT NOT NULL,
    participation TEXT   NOT NULL,
    hours         TEXT   NOT NULL
);
CREATE INDEX week_hours_monday ON week_hours (monday);

-- Grows with every change of the summaries, so that a report knows whether it saw one state of them.
CREATE TABLE evaluation_version (
    version BIGINT NOT NULL
);
INSERT INTO evaluation_version (version) VALUES (0);
