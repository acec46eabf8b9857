-- What a tenant has set for its calls: rooms that are kept, what is recorded, who may be monitored how. The body is sealed JSON (it may hold
-- PINs); an empty one says that there is none any more.

CREATE TABLE policies (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    kind       TEXT NOT NULL,
    target     TEXT NOT NULL,
    body       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, target)
);

CREATE INDEX policies_by_version ON policies (version);

INSERT INTO change_versions (topic, version) VALUES ('policies', 0);
