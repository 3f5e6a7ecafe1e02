-- Which secrets are sealed wherever they stand, so that nothing of them lies in the clear in the file any more.
CREATE TABLE sealed (
    what  TEXT   PRIMARY KEY,
    since BIGINT NOT NULL
);
