-- What somebody has changed in the catalogue and not yet published: the whole text, and the hash of the one that it
-- was begun from.
CREATE TABLE drafts (
    person      TEXT   PRIMARY KEY,
    base_sha256 TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    changed_at  BIGINT NOT NULL
);

-- Who published a revision, and what they noted; absent where the file was changed by hand.
ALTER TABLE catalogue_revisions ADD COLUMN published_by TEXT;
ALTER TABLE catalogue_revisions ADD COLUMN note TEXT;
