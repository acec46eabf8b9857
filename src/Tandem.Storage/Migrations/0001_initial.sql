-- One file for SQLite and PostgreSQL. Times are BIGINT: milliseconds since 1970-01-01 UTC. Flags are BIGINT 0 or 1.
-- Everything that a tenant owns carries tenant_id; node_runs, change_versions and schema_version belong to the installation.

CREATE TABLE tenants (
    tenant_id    TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);

INSERT INTO tenants (tenant_id, display_name, created_at) VALUES ('default', 'Default', 0);

-- Numbers that phones register. A removed extension stays as a tombstone (deleted_at), so that other processes see the removal.
-- secret is sealed (AES-256-GCM, see SecretBox); version grows with every change and is taken from change_versions.
CREATE TABLE extensions (
    tenant_id    TEXT NOT NULL REFERENCES tenants (tenant_id),
    number       TEXT NOT NULL,
    secret       TEXT NOT NULL,
    display_name TEXT NOT NULL,
    algorithms   TEXT NOT NULL,
    enabled      BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    deleted_at   BIGINT,
    PRIMARY KEY (tenant_id, number)
);

CREATE INDEX extensions_by_version ON extensions (version);

-- One row a topic; a process that keeps a copy in memory reads the row and fetches what is newer.
CREATE TABLE change_versions (
    topic   TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

INSERT INTO change_versions (topic, version) VALUES ('extensions', 0);

CREATE TABLE bindings (
    tenant_id          TEXT NOT NULL REFERENCES tenants (tenant_id),
    number             TEXT NOT NULL,
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
    PRIMARY KEY (tenant_id, number, contact_uri)
);

CREATE INDEX bindings_by_expiry ON bindings (expires_at);

-- One row for each run of a server process; last_seen_at moves while calls are open.
CREATE TABLE node_runs (
    run_id       TEXT NOT NULL PRIMARY KEY,
    node_id      TEXT NOT NULL,
    started_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);

-- The journal: calls that have begun and have no record yet.
CREATE TABLE calls_open (
    call_id            TEXT NOT NULL PRIMARY KEY,
    tenant_id          TEXT NOT NULL REFERENCES tenants (tenant_id),
    node_id            TEXT NOT NULL,
    run_id             TEXT NOT NULL,
    trace_id           TEXT NOT NULL,
    caller_number      TEXT NOT NULL,
    callee_number      TEXT NOT NULL,
    caller_address     TEXT NOT NULL,
    callee_address     TEXT NOT NULL,
    caller_sip_call_id TEXT NOT NULL,
    callee_sip_call_id TEXT NOT NULL,
    initiated_at       BIGINT NOT NULL,
    ringing_at         BIGINT,
    answered_at        BIGINT
);

CREATE INDEX calls_open_by_node ON calls_open (node_id, run_id);

CREATE TABLE cdrs (
    call_id             TEXT NOT NULL PRIMARY KEY,
    tenant_id           TEXT NOT NULL REFERENCES tenants (tenant_id),
    trace_id            TEXT NOT NULL,
    caller_number       TEXT NOT NULL,
    callee_number       TEXT NOT NULL,
    caller_address      TEXT NOT NULL,
    callee_address      TEXT NOT NULL,
    caller_sip_call_id  TEXT NOT NULL,
    callee_sip_call_id  TEXT NOT NULL,
    initiated_at        BIGINT NOT NULL,
    ringing_at          BIGINT,
    answered_at         BIGINT,
    ended_at            BIGINT NOT NULL,
    duration_ms         BIGINT NOT NULL,
    result              TEXT NOT NULL,
    reason              TEXT NOT NULL,
    sip_status          BIGINT NOT NULL,
    ended_by            TEXT NOT NULL,
    q850_cause          BIGINT NOT NULL,
    verdict_text        TEXT NOT NULL,
    caller_packets      BIGINT NOT NULL,
    caller_bytes        BIGINT NOT NULL,
    caller_lost         BIGINT NOT NULL,
    caller_jitter_us    BIGINT NOT NULL,
    caller_last_seen_at BIGINT,
    callee_packets      BIGINT NOT NULL,
    callee_bytes        BIGINT NOT NULL,
    callee_lost         BIGINT NOT NULL,
    callee_jitter_us    BIGINT NOT NULL,
    callee_last_seen_at BIGINT
);

CREATE INDEX cdrs_by_end ON cdrs (tenant_id, ended_at, call_id);
CREATE INDEX cdrs_by_caller ON cdrs (tenant_id, caller_number, ended_at);
CREATE INDEX cdrs_by_callee ON cdrs (tenant_id, callee_number, ended_at);

-- Sums over cdrs, kept in the transaction that writes them, so that statistics never scan the table.
CREATE TABLE call_totals (
    tenant_id   TEXT NOT NULL PRIMARY KEY REFERENCES tenants (tenant_id),
    calls       BIGINT NOT NULL,
    answered    BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL
);

-- Events that wait for a broker; written in the transaction of what they tell.
CREATE TABLE outbox (
    event_id   TEXT NOT NULL PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    event_type TEXT NOT NULL,
    call_id    TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX outbox_by_age ON outbox (created_at, event_id);

CREATE TABLE admin_users (
    tenant_id     TEXT NOT NULL REFERENCES tenants (tenant_id),
    user_name     TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    failures      BIGINT NOT NULL,
    locked_until  BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_name)
);

-- Only the SHA-256 of a token is kept; prefix is shown to people so that they can tell tokens apart.
CREATE TABLE api_tokens (
    token_hash   TEXT NOT NULL PRIMARY KEY,
    token_id     TEXT NOT NULL UNIQUE,
    tenant_id    TEXT NOT NULL REFERENCES tenants (tenant_id),
    display_name TEXT NOT NULL,
    prefix       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT
);

CREATE INDEX api_tokens_by_tenant ON api_tokens (tenant_id, created_at);

CREATE TABLE sessions (
    session_hash TEXT NOT NULL PRIMARY KEY,
    tenant_id    TEXT NOT NULL REFERENCES tenants (tenant_id),
    user_name    TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);

CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE settings (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
