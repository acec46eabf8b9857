-- Who did what. Rows are added and never changed (see 0011); the key begins with the time, so it is an order.

CREATE TABLE audit_log (
    entry_id   TEXT NOT NULL PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    at         BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor      TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    source     TEXT NOT NULL,
    action     TEXT NOT NULL,
    target     TEXT NOT NULL,
    detail     TEXT NOT NULL
);

CREATE INDEX audit_log_by_time ON audit_log (tenant_id, at, entry_id);

CREATE INDEX audit_log_by_actor ON audit_log (tenant_id, actor, at);
