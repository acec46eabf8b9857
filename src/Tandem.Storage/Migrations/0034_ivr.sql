-- Menus: one flow a row, as JSON, and the text that it was written in where that is YAML. A document '' is a flow that was removed.
-- The secret that requests of a tenant's flows to web services are signed with, sealed.

CREATE TABLE ivr_flows (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    flow_id    TEXT NOT NULL,
    name       TEXT NOT NULL,
    document   TEXT NOT NULL,
    source     TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, flow_id)
);

CREATE INDEX ivr_flows_by_version ON ivr_flows (version);

CREATE TABLE ivr_secrets (
    tenant_id  TEXT NOT NULL PRIMARY KEY REFERENCES tenants (tenant_id),
    secret     TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

INSERT INTO change_versions (topic, version) VALUES ('ivr', 0);
