-- The number whose phone picked the call up while it rang elsewhere; empty: none did.

ALTER TABLE cdrs ADD COLUMN taken_by TEXT NOT NULL DEFAULT '';
