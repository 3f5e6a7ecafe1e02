-- What a notice says in every language, as JSON: pairs of a tag and the words. Rows of before have Japanese and English
-- alone.
ALTER TABLE notices ADD COLUMN wording TEXT;
