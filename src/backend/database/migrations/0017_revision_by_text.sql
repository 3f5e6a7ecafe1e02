-- The text that a draft was begun from is looked up by its hash.
CREATE INDEX catalogue_revisions_sha256 ON catalogue_revisions (sha256);
