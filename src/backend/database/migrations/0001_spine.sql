-- The spine: catalogues, gathered content, tablets and their loans, usage records.
-- The same text runs on SQLite and PostgreSQL. Times are milliseconds since 1970-01-01 UTC.
-- Never change a migration that has been released; add another.

CREATE TABLE catalogue_revisions (
    revision     BIGINT PRIMARY KEY,
    sha256       TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    published_at BIGINT NOT NULL
);

-- The last good content of each service. `source` is the hash of where it came from.
CREATE TABLE contents (
    service       TEXT   PRIMARY KEY,
    source        TEXT   NOT NULL,
    reference     TEXT   NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    confirmed_at  BIGINT NOT NULL
);

-- Codes that a helper hands out. The code itself is kept hashed.
CREATE TABLE enrolment_codes (
    code_sha256   TEXT   PRIMARY KEY,
    participation TEXT   NOT NULL,
    made_at       BIGINT NOT NULL,
    used_at       BIGINT
);

CREATE TABLE tablets (
    tablet        TEXT   PRIMARY KEY,
    token_sha256  TEXT   NOT NULL UNIQUE,
    participation TEXT   NOT NULL,
    enrolled_at   BIGINT NOT NULL,
    -- Every record up to this sequence number is settled.
    acknowledged  BIGINT NOT NULL
);

CREATE TABLE usage_records (
    tablet          TEXT    NOT NULL,
    sequence        BIGINT  NOT NULL,
    participation   TEXT    NOT NULL,
    boot            TEXT    NOT NULL,
    uptime_ms       BIGINT  NOT NULL,
    happened_at     BIGINT  NOT NULL,
    clock_offset_ms BIGINT,
    visit           BIGINT  NOT NULL,
    catalogue       BIGINT  NOT NULL,
    kind            TEXT    NOT NULL,
    service         TEXT,
    detail          TEXT    NOT NULL,
    received_at     BIGINT  NOT NULL,
    PRIMARY KEY (tablet, sequence)
);

-- Sequence numbers whose records were refused for good, so that they leave no gap.
CREATE TABLE usage_refused (
    tablet     TEXT   NOT NULL,
    sequence   BIGINT NOT NULL,
    why        TEXT   NOT NULL,
    refused_at BIGINT NOT NULL,
    PRIMARY KEY (tablet, sequence)
);
