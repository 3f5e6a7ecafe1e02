-- When the records of a closed day went, because they may be kept no longer. Its summaries stay.
ALTER TABLE closed_days ADD COLUMN records_gone_at BIGINT;
