-- Callers of queues who hung up and are called back in their turn, by the node that has them.

CREATE TABLE queue_callbacks (
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    call_id   TEXT NOT NULL,
    node_id   TEXT NOT NULL,
    queue     TEXT NOT NULL,
    number    TEXT NOT NULL,
    caller    TEXT NOT NULL,
    priority  BIGINT NOT NULL,
    joined_at BIGINT NOT NULL,
    tries     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, call_id)
);

CREATE INDEX queue_callbacks_by_node ON queue_callbacks (node_id, joined_at);
