-- Queues of callers: settings as JSON, who serves them, and which agents are logged in.

CREATE TABLE queues (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    name       TEXT NOT NULL,
    body       TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

CREATE TABLE queue_members (
    tenant_id TEXT NOT NULL,
    queue     TEXT NOT NULL,
    number    TEXT NOT NULL,
    skill     BIGINT NOT NULL,
    tier      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, queue, number),
    FOREIGN KEY (tenant_id, queue) REFERENCES queues (tenant_id, name)
);

CREATE TABLE queue_logins (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    number     TEXT NOT NULL,
    paused     BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

INSERT INTO change_versions (topic, version) VALUES ('queues', 0);
