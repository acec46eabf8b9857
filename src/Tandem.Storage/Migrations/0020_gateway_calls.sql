-- Records that programs keep of their calls through the API, in the shape of the telephony gateway: who makes one says what happens to it.
-- The calls of the exchange itself are in calls_open and cdrs.

CREATE TABLE gateway_calls (
    call_id          TEXT PRIMARY KEY,
    tenant_id        TEXT NOT NULL REFERENCES tenants (tenant_id),
    client_id        TEXT,
    phone_number     TEXT NOT NULL,
    direction        TEXT NOT NULL,
    status           TEXT NOT NULL,
    is_active        BIGINT NOT NULL,
    duration         BIGINT NOT NULL,
    recording_url    TEXT,
    transcript       TEXT,
    summary          TEXT,
    sentiment        TEXT,
    confidence_score DOUBLE PRECISION,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL
);

CREATE INDEX gateway_calls_active ON gateway_calls (tenant_id, is_active, created_at, call_id);

CREATE TABLE gateway_sessions (
    session_id    TEXT PRIMARY KEY,
    call_id       TEXT NOT NULL REFERENCES gateway_calls (call_id),
    tenant_id     TEXT NOT NULL REFERENCES tenants (tenant_id),
    user_id       TEXT,
    started_at    BIGINT NOT NULL,
    last_activity BIGINT NOT NULL,
    is_active     BIGINT NOT NULL
);

CREATE INDEX gateway_sessions_active ON gateway_sessions (tenant_id, is_active, started_at);

CREATE INDEX gateway_sessions_by_call ON gateway_sessions (call_id);
