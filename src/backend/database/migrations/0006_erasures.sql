-- Loans whose residents have left: nothing of them is kept, and nothing of them is taken any more.
CREATE TABLE erasures (
    participation_sha256 TEXT   PRIMARY KEY,
    -- The pseudonym itself, until the last file has been gone through.
    participation        TEXT,
    asked_at             BIGINT NOT NULL
);
