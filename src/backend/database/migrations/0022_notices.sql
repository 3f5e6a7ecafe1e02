-- What staff are told by e-mail and webhook, and how far that has come. Nothing personal stands in the words: what
-- waits, and where to look. A row of a delivery is changed by whoever tries it, and only from the state in which it was
-- read, so that of two servers one sends.
CREATE TABLE notices (
    notice  TEXT   NOT NULL PRIMARY KEY,
    kind    TEXT   NOT NULL,
    ja      TEXT   NOT NULL,
    en      TEXT   NOT NULL,
    path    TEXT   NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE notice_deliveries (
    notice      TEXT   NOT NULL,
    way         TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    sent_at     BIGINT,
    given_up_at BIGINT,
    failed      TEXT,
    PRIMARY KEY (notice, way, address)
);

CREATE INDEX notice_deliveries_by_due ON notice_deliveries (due_at);
