-- What a tablet said of itself last (JSON), when it was last heard of, and the label that stands on its back.
ALTER TABLE tablets ADD COLUMN status TEXT;
ALTER TABLE tablets ADD COLUMN seen_at BIGINT;
ALTER TABLE tablets ADD COLUMN label TEXT;

-- What is told to a loan is told to its tablets.
CREATE INDEX tablets_participation ON tablets (participation);
