-- Events leave in the order of their sequence: microseconds since 1970, never twice the same on one node.

ALTER TABLE outbox ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;

DROP INDEX outbox_by_age;

CREATE INDEX outbox_by_sequence ON outbox (sequence, event_id);

-- One process at a time does what must not be done twice; it holds the row until expires_at, and renews it before.
CREATE TABLE leases (
    lease_name TEXT NOT NULL PRIMARY KEY,
    holder     TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Where events of a tenant are sent. secret and previous_secret are sealed (AES-256-GCM, see SecretBox); event_types are patterns separated by commas.
CREATE TABLE webhooks (
    webhook_id      TEXT NOT NULL PRIMARY KEY,
    tenant_id       TEXT NOT NULL REFERENCES tenants (tenant_id),
    url             TEXT NOT NULL,
    description     TEXT NOT NULL,
    event_types     TEXT NOT NULL,
    enabled         BIGINT NOT NULL,
    secret          TEXT NOT NULL,
    previous_secret TEXT NOT NULL,
    previous_until  BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    changed_at      BIGINT NOT NULL
);

CREATE INDEX webhooks_by_tenant ON webhooks (tenant_id, created_at, webhook_id);

INSERT INTO change_versions (topic, version) VALUES ('webhooks', 0);

-- One row for each event and webhook. state: Pending (due at next_attempt_at), Waiting (for an earlier event of the same call), Delivered, Dead.
CREATE TABLE webhook_deliveries (
    delivery_id     TEXT NOT NULL PRIMARY KEY,
    webhook_id      TEXT NOT NULL REFERENCES webhooks (webhook_id),
    tenant_id       TEXT NOT NULL REFERENCES tenants (tenant_id),
    event_id        TEXT NOT NULL,
    event_type      TEXT NOT NULL,
    call_id         TEXT NOT NULL,
    sequence        BIGINT NOT NULL,
    body            TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempts        BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    finished_at     BIGINT,
    last_status     BIGINT NOT NULL,
    last_error      TEXT NOT NULL
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, state, next_attempt_at);

CREATE INDEX webhook_deliveries_of_call ON webhook_deliveries (webhook_id, call_id, sequence);

CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (webhook_id, sequence, delivery_id);

CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (state, finished_at);
