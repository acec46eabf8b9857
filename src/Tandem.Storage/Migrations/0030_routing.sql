-- The ways of calls: one document of rules, groups and calendars for each tenant, and what each extension has set (both JSON; '' for
-- nothing any more). Every process that serves follows the version.

CREATE TABLE routing_documents (
    tenant_id  TEXT NOT NULL PRIMARY KEY REFERENCES tenants (tenant_id),
    body       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX routing_documents_by_version ON routing_documents (version);

CREATE TABLE extension_features (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    number     TEXT NOT NULL,
    body       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

CREATE INDEX extension_features_by_version ON extension_features (version);

INSERT INTO change_versions (topic, version) VALUES ('routing', 0);
