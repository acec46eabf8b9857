-- The toll guard: rules (JSON; profile '' for the tenant itself), price lists (money in millionths of the currency), and what it must
-- not forget at a restart: the money of the day and the last block.

CREATE TABLE toll_rules (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    profile    TEXT NOT NULL,
    body       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, profile)
);

CREATE INDEX toll_rules_by_version ON toll_rules (version);

CREATE TABLE toll_price_lists (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    profile    TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, profile)
);

CREATE INDEX toll_price_lists_by_version ON toll_price_lists (version);

CREATE TABLE toll_prices (
    tenant_id         TEXT NOT NULL,
    profile           TEXT NOT NULL,
    prefix            TEXT NOT NULL,
    per_minute_micros BIGINT NOT NULL,
    increment_seconds BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, profile, prefix),
    FOREIGN KEY (tenant_id, profile) REFERENCES toll_price_lists (tenant_id, profile)
);

CREATE TABLE toll_states (
    tenant_id    TEXT NOT NULL PRIMARY KEY REFERENCES tenants (tenant_id),
    day          BIGINT NOT NULL,
    spent_micros BIGINT NOT NULL,
    block_rule   TEXT NOT NULL,
    block_text   TEXT NOT NULL,
    block_since  BIGINT NOT NULL,
    block_until  BIGINT
);

INSERT INTO change_versions (topic, version) VALUES ('toll', 0);
