-- A recording that is held is deleted by nobody; consent_at is when its announcement had been played to the end.

ALTER TABLE recordings ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE recordings ADD COLUMN consent_at BIGINT;
