-- Another tablet was let in for the same loan, from a network that nobody knows: a helper has to say whether this one is to
-- forget the loan.
ALTER TABLE tablets ADD COLUMN replaced_at BIGINT;
