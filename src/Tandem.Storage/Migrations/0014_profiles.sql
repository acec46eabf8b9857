-- SIP profiles: accounts of tenants at providers. secret is sealed (AES-256-GCM, see SecretBox); settings is JSON, of which no query
-- asks; version grows with every change and is taken from change_versions.

CREATE TABLE sip_profiles (
    profile_id TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    name       TEXT NOT NULL,
    enabled    BIGINT NOT NULL,
    secret     TEXT NOT NULL,
    token      TEXT NOT NULL,
    settings   TEXT NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT
);

CREATE INDEX sip_profiles_by_tenant ON sip_profiles (tenant_id, name);

CREATE INDEX sip_profiles_by_version ON sip_profiles (version);

CREATE UNIQUE INDEX sip_profiles_by_token ON sip_profiles (token);

-- Numbers of tenants in the outside world, and the extension or service that their calls go to. profile_id is empty for any profile.

CREATE TABLE sip_profile_numbers (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    number     TEXT NOT NULL,
    profile_id TEXT NOT NULL,
    target     TEXT NOT NULL,
    label      TEXT NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, number)
);

CREATE INDEX sip_profile_numbers_by_version ON sip_profile_numbers (version);

INSERT INTO change_versions (topic, version) VALUES ('profiles', 0);
