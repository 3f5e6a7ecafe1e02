-- Machines of providers: what each shows who it is, and where it is told that something has happened. Tokens lie here as
-- hashes; addresses and secrets of webhooks are sealed.
CREATE TABLE connections (
    connection            TEXT   NOT NULL PRIMARY KEY,
    provider              TEXT   NOT NULL,
    name                  TEXT   NOT NULL,
    token_sha256          TEXT   NOT NULL UNIQUE,
    previous_token_sha256 TEXT,
    previous_token_until  BIGINT,
    made_at               BIGINT NOT NULL,
    made_by               TEXT   NOT NULL,
    last_used_at          BIGINT,
    revoked_at            BIGINT,
    endpoint              TEXT,
    secret                TEXT,
    previous_secret       TEXT,
    previous_secret_until BIGINT,
    disabled_at           BIGINT
);

CREATE INDEX connections_by_provider ON connections (provider);

-- What an endpoint is told. Id and body stay the same however often it is tried; a row is changed only from the state
-- in which it was read, so that of two servers one sends.
CREATE TABLE webhook_messages (
    message      TEXT   NOT NULL PRIMARY KEY,
    connection   TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    made_at      BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    -- When it needs to be sent no more, because nobody waits for an answer any longer.
    until_at     BIGINT,
    delivered_at BIGINT,
    given_up_at  BIGINT,
    failed       TEXT
);

CREATE INDEX webhook_messages_by_due ON webhook_messages (due_at);
CREATE INDEX webhook_messages_by_connection ON webhook_messages (connection, made_at);
