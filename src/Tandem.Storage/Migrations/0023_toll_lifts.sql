-- A block of the toll guard that was lifted by hand: every process that serves follows the version.

CREATE TABLE toll_lifts (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (tenant_id),
    lifted_at BIGINT NOT NULL,
    version   BIGINT NOT NULL
);
