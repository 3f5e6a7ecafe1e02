-- What the council tells everybody at once, edition by edition: what was written, who released it, until when it
-- holds. Nothing here is changed once it was released; a correction, and that it is over, is another edition.
CREATE TABLE emergencies (
    emergency   TEXT   NOT NULL,
    edition     BIGINT NOT NULL,
    stage       TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    drill       BIGINT NOT NULL,
    hours       BIGINT NOT NULL,
    written_by  TEXT   NOT NULL,
    writer      TEXT   NOT NULL,
    written_at  BIGINT NOT NULL,
    releaser    TEXT,
    released_at BIGINT,
    until_at    BIGINT,
    dropped_at  BIGINT,
    PRIMARY KEY (emergency, edition)
);

-- The tablets that a drill is for. What is no drill is for all.
CREATE TABLE emergency_tablets (
    emergency TEXT NOT NULL,
    tablet    TEXT NOT NULL,
    PRIMARY KEY (emergency, tablet)
);

-- Tablets on which something is tried before everybody gets it; since when.
ALTER TABLE tablets ADD COLUMN trial_at BIGINT;
