-- The tablets that the council owns, by what stands on their back, whether they are lent or not.
CREATE TABLE stock (
    label         TEXT   PRIMARY KEY,
    registered_at BIGINT NOT NULL,
    -- Why it is not lent for now (repair, lost, disposed, mistaken); absent while it may be.
    away          TEXT
);
