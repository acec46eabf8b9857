-- How many voice messages each extension has (RFC 3842). An extension without messages has no row.

CREATE TABLE mailboxes (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    number     TEXT NOT NULL,
    new_count  BIGINT NOT NULL,
    old_count  BIGINT NOT NULL,
    new_urgent BIGINT NOT NULL,
    old_urgent BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
