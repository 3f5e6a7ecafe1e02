-- Who may use the console. Passwords are kept as argon2id hashes.
CREATE TABLE people (
    person          TEXT   PRIMARY KEY,
    name            TEXT   NOT NULL UNIQUE,
    role            TEXT   NOT NULL,
    -- Whose tiles and requests a provider's person sees; absent for the others.
    provider        TEXT,
    password_hash   TEXT   NOT NULL,
    -- The secret of the second factor in Base32, once it has been shown to work.
    totp_secret     TEXT,
    -- The last 30-second step whose code was used: each works once.
    totp_step       BIGINT NOT NULL,
    made_at         BIGINT NOT NULL,
    -- Since when they may no longer sign in.
    barred_at       BIGINT
);

-- Who is signed in. The cookie itself is kept hashed.
CREATE TABLE sessions (
    session_sha256 TEXT   PRIMARY KEY,
    person         TEXT   NOT NULL,
    -- 0 while the second factor is still to be shown, 1 when everything was.
    is_whole       BIGINT NOT NULL,
    -- The secret of a second factor that is being set up.
    new_secret     TEXT,
    began_at       BIGINT NOT NULL,
    seen_at        BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person);

-- Attempts to sign in that did not succeed, by account and by address, both hashed.
CREATE TABLE sign_in_attempts (
    subject  TEXT   PRIMARY KEY,
    attempts BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
);

-- Who did what, when, from what to what. Each entry bears the hash of the one before it, so that nothing can be
-- changed or taken out of the middle unnoticed.
CREATE TABLE audit (
    number         BIGINT PRIMARY KEY,
    happened_at    BIGINT NOT NULL,
    who            TEXT   NOT NULL,
    deed           TEXT   NOT NULL,
    subject        TEXT   NOT NULL,
    was            TEXT   NOT NULL,
    is_now         TEXT   NOT NULL,
    sha256         TEXT   NOT NULL
);
CREATE TABLE audit_head (
    number BIGINT NOT NULL,
    sha256 TEXT   NOT NULL
);
INSERT INTO audit_head (number, sha256) VALUES (0, '');
