-- Flows (RFC 5626): a binding is known by its device and the number of its flow, and only without them by its contact. binding_key is
-- what tells it from the others of its number.

CREATE TABLE bindings_of_flows (
    tenant_id          TEXT NOT NULL REFERENCES tenants (tenant_id),
    number             TEXT NOT NULL,
    binding_key        TEXT NOT NULL,
    contact_uri        TEXT NOT NULL,
    transport          TEXT NOT NULL,
    local_address      TEXT NOT NULL,
    remote_address     TEXT NOT NULL,
    path               TEXT NOT NULL,
    q                  BIGINT NOT NULL,
    register_call_id   TEXT NOT NULL,
    register_cseq      BIGINT NOT NULL,
    expires_seconds    BIGINT NOT NULL,
    registered_at      BIGINT NOT NULL,
    expires_at         BIGINT NOT NULL,
    last_seen_at       BIGINT NOT NULL,
    registration_count BIGINT NOT NULL,
    user_agent         TEXT NOT NULL,
    behind_nat         BIGINT NOT NULL,
    instance           TEXT NOT NULL,
    reg_id             BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, number, binding_key)
);

INSERT INTO bindings_of_flows (tenant_id, number, binding_key, contact_uri, transport, local_address, remote_address, path, q, register_call_id,
    register_cseq, expires_seconds, registered_at, expires_at, last_seen_at, registration_count, user_agent, behind_nat, instance, reg_id)
SELECT tenant_id, number, contact_uri, contact_uri, transport, local_address, remote_address, path, q, register_call_id,
    register_cseq, expires_seconds, registered_at, expires_at, last_seen_at, registration_count, user_agent, behind_nat, '', 0
FROM bindings;

DROP TABLE bindings;

ALTER TABLE bindings_of_flows RENAME TO bindings;
