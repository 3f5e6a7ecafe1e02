-- What each tablet has shown of each emergency that holds, edition by edition: a tablet's status names the last alone, and
-- two may hold at once. Rows go when their emergency is over, and with the loan.
CREATE TABLE emergencies_seen (
    emergency TEXT   NOT NULL,
    tablet    TEXT   NOT NULL,
    edition   BIGINT NOT NULL,
    answered  BIGINT NOT NULL,
    PRIMARY KEY (emergency, tablet)
);

CREATE INDEX emergencies_seen_by_tablet ON emergencies_seen (tablet);
