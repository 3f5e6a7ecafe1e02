-- Catalogues that are not in force yet: one that is tried on some tablets, and one that waits for its date.
CREATE TABLE planned_catalogues (
    kind        TEXT   PRIMARY KEY,
    base_sha256 TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    planned_by  TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    planned_at  BIGINT NOT NULL,
    due_at      BIGINT,
    failed      TEXT
);
