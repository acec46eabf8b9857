-- Which way a call went (Internal, Inbound, Outbound), by which profile, and the indexes of the searches that the API offers. On a big table the
-- indexes take minutes, in which records wait on disk.

ALTER TABLE cdrs ADD COLUMN direction TEXT NOT NULL DEFAULT 'Internal';

ALTER TABLE cdrs ADD COLUMN profile_id TEXT NOT NULL DEFAULT '';

ALTER TABLE calls_open ADD COLUMN direction TEXT NOT NULL DEFAULT 'Internal';

ALTER TABLE calls_open ADD COLUMN profile_id TEXT NOT NULL DEFAULT '';

CREATE INDEX cdrs_by_direction ON cdrs (tenant_id, direction, ended_at, call_id);

-- Most calls succeed, were not long and used no profile: those have no entry, and are found by their end.
CREATE INDEX cdrs_by_result ON cdrs (tenant_id, result, ended_at, call_id) WHERE result <> 'Success';

CREATE INDEX cdrs_by_profile ON cdrs (tenant_id, profile_id, ended_at, call_id) WHERE profile_id <> '';

CREATE INDEX cdrs_by_duration ON cdrs (tenant_id, duration_ms) WHERE duration_ms > 0;
