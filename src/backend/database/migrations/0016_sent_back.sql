-- Why an operator gave a provider's draft back; absent while it waits to be taken over.
ALTER TABLE drafts ADD COLUMN sent_back TEXT;
