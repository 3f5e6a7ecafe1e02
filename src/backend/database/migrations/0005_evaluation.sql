-- What the evaluation knows of loans: a pseudonym and a cohort, never a name. Days are days since
-- 1970-01-01 in Japan.
CREATE TABLE loans (
    participation TEXT   PRIMARY KEY,
    area          TEXT,
    age_band      TEXT,
    cohort        TEXT   NOT NULL,
    began         BIGINT NOT NULL,
    ended         BIGINT,
    how_ended     TEXT
);

-- Days whose records lie in a Parquet file, and have been folded into the summaries below.
CREATE TABLE closed_days (
    day       BIGINT PRIMARY KEY,
    records   BIGINT NOT NULL,
    sha256    TEXT   NOT NULL,
    closed_at BIGINT NOT NULL
);

-- Sequence numbers whose records have left for a Parquet file, beyond what `tablets.acknowledged` covers.
CREATE TABLE usage_archived (
    tablet         TEXT   NOT NULL,
    first_sequence BIGINT NOT NULL,
    last_sequence  BIGINT NOT NULL,
    PRIMARY KEY (tablet, first_sequence)
);

-- What must be said with every figure, such as that the records are simulated.
CREATE TABLE evaluation_notes (
    note  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The summaries: what each row and column means stands in the evaluation's .sql file of the same name.
CREATE TABLE summary_loan_days (
    day                     BIGINT NOT NULL,
    participation           TEXT   NOT NULL,
    starts                  BIGINT NOT NULL,
    visits                  BIGINT NOT NULL,
    alert_visits            BIGINT NOT NULL,
    services_opened         BIGINT NOT NULL,
    services_closed         BIGINT NOT NULL,
    services_closed_quickly BIGINT NOT NULL,
    handed_over             BIGINT NOT NULL,
    read_aloud              BIGINT NOT NULL,
    helps                   BIGINT NOT NULL,
    call_backs              BIGINT NOT NULL,
    repeats_ignored         BIGINT NOT NULL,
    slides_ignored          BIGINT NOT NULL
);
CREATE INDEX summary_loan_days_day ON summary_loan_days (day);

CREATE TABLE summary_service_days (
    day               BIGINT NOT NULL,
    participation     TEXT   NOT NULL,
    service           TEXT   NOT NULL,
    opened            BIGINT NOT NULL,
    closed            BIGINT NOT NULL,
    closed_quickly    BIGINT NOT NULL,
    handed_over       BIGINT NOT NULL,
    handed_to_qr      BIGINT NOT NULL,
    handed_to_browser BIGINT NOT NULL,
    handed_to_phone   BIGINT NOT NULL
);
CREATE INDEX summary_service_days_day ON summary_service_days (day);

CREATE TABLE summary_service_dwell (
    day           BIGINT NOT NULL,
    participation TEXT   NOT NULL,
    service       TEXT   NOT NULL,
    bucket        BIGINT NOT NULL,
    times         BIGINT NOT NULL
);
CREATE INDEX summary_service_dwell_day ON summary_service_dwell (day);

CREATE TABLE summary_visit_hours (
    day           BIGINT NOT NULL,
    participation TEXT   NOT NULL,
    hour          BIGINT NOT NULL,
    visits        BIGINT NOT NULL
);
CREATE INDEX summary_visit_hours_day ON summary_visit_hours (day);

CREATE TABLE summary_alert_days (
    day               BIGINT NOT NULL,
    participation     TEXT   NOT NULL,
    level             BIGINT NOT NULL,
    shown             BIGINT NOT NULL,
    answered          BIGINT NOT NULL,
    answered_promptly BIGINT NOT NULL
);
CREATE INDEX summary_alert_days_day ON summary_alert_days (day);

CREATE TABLE summary_form_steps (
    day           BIGINT NOT NULL,
    participation TEXT   NOT NULL,
    form          TEXT   NOT NULL,
    step          BIGINT,
    began         BIGINT NOT NULL,
    reached       BIGINT NOT NULL,
    sent          BIGINT NOT NULL,
    given_up      BIGINT NOT NULL
);
CREATE INDEX summary_form_steps_day ON summary_form_steps (day);

CREATE TABLE summary_choices (
    day           BIGINT NOT NULL,
    participation TEXT   NOT NULL,
    tablet        TEXT   NOT NULL,
    setting       TEXT   NOT NULL,
    chosen        TEXT   NOT NULL,
    times         BIGINT NOT NULL,
    last_sequence BIGINT NOT NULL,
    last_at       BIGINT NOT NULL
);
CREATE INDEX summary_choices_day ON summary_choices (day);

CREATE TABLE summary_answers (
    day           BIGINT NOT NULL,
    participation TEXT   NOT NULL,
    tablet        TEXT   NOT NULL,
    survey        TEXT   NOT NULL,
    question      BIGINT NOT NULL,
    times         BIGINT NOT NULL,
    choice        BIGINT NOT NULL,
    answered_at   BIGINT NOT NULL
);
CREATE INDEX summary_answers_day ON summary_answers (day);

CREATE TABLE summary_quality (
    day              BIGINT NOT NULL,
    participation    TEXT   NOT NULL,
    tablet           TEXT   NOT NULL,
    written          BIGINT NOT NULL,
    first_sequence   BIGINT NOT NULL,
    last_sequence    BIGINT NOT NULL,
    late             BIGINT NOT NULL,
    clock_off        BIGINT NOT NULL,
    clock_unknown    BIGINT NOT NULL,
    last_received_at BIGINT NOT NULL
);
CREATE INDEX summary_quality_day ON summary_quality (day);
