-- Tenants get a SIP domain, a time zone, a language and limits (0: none). A removed tenant stays as a tombstone (deleted_at): its
-- records and its audit log still point to it. version grows with every change and is taken from change_versions.

ALTER TABLE tenants ADD COLUMN domain TEXT;
ALTER TABLE tenants ADD COLUMN enabled BIGINT NOT NULL DEFAULT 1;
ALTER TABLE tenants ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE tenants ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE tenants ADD COLUMN max_calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN max_calls_per_second BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN max_registrations BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN max_storage_bytes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE tenants ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN deleted_at BIGINT;

CREATE UNIQUE INDEX tenants_by_domain ON tenants (domain);

CREATE INDEX tenants_by_version ON tenants (version);

INSERT INTO change_versions (topic, version) VALUES ('tenants', 1);
