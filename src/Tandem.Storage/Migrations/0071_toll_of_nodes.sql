-- Each node keeps what its own calls have cost, so that none writes over the money of another; together they are the money of a tenant. What was there before
-- belongs to no node. Nodes of a program before this one go on with toll_states beside it.

CREATE TABLE toll_node_states (
    tenant_id    TEXT NOT NULL REFERENCES tenants (tenant_id),
    node_id      TEXT NOT NULL,
    day          BIGINT NOT NULL,
    spent_micros BIGINT NOT NULL,
    block_rule   TEXT NOT NULL,
    block_text   TEXT NOT NULL,
    block_since  BIGINT NOT NULL,
    block_until  BIGINT,
    PRIMARY KEY (tenant_id, node_id)
);

INSERT INTO toll_node_states (tenant_id, node_id, day, spent_micros, block_rule, block_text, block_since, block_until)
SELECT tenant_id, '', day, spent_micros, block_rule, block_text, block_since, block_until FROM toll_states;
