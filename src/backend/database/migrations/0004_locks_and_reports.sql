-- A tablet that the council has locked, since when.
ALTER TABLE tablets ADD COLUMN locked_at BIGINT;
-- What a request says besides its kind, as a JSON object of the fields of its kind.
ALTER TABLE requests ADD COLUMN detail TEXT;
