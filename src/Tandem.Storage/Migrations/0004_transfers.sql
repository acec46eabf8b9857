-- Where a call came from when a transfer made it, and where one went whose party was transferred.

ALTER TABLE cdrs ADD COLUMN transferred_by TEXT NOT NULL DEFAULT '';

ALTER TABLE cdrs ADD COLUMN transferred_from TEXT NOT NULL DEFAULT '';

ALTER TABLE cdrs ADD COLUMN transferred_to TEXT NOT NULL DEFAULT '';
