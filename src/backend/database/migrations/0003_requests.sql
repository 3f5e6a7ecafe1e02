-- What residents ask the council for, each exactly once, in the order in which it came.
CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    tablet TEXT NOT NULL,
    participation TEXT NOT NULL,
    kind TEXT NOT NULL,
    screen TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    -- When a helper had dealt with it.
    settled_at BIGINT
);
CREATE INDEX requests_open ON requests (settled_at, received_at);
