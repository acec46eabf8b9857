-- Recordings: one row for each file. The keys that they are sealed with are wrapped by the master key of the installation.

CREATE TABLE recording_keys (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    key_id     TEXT NOT NULL,
    wrapped    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, key_id)
);

CREATE TABLE recordings (
    recording_id  TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL REFERENCES tenants (tenant_id),
    call_id       TEXT NOT NULL,
    caller_number TEXT NOT NULL,
    callee_number TEXT NOT NULL,
    format        TEXT NOT NULL,
    channels      TEXT NOT NULL,
    key_id        TEXT NOT NULL,
    file          TEXT NOT NULL,
    state         TEXT NOT NULL,
    started_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    duration_ms   BIGINT NOT NULL,
    bytes         BIGINT NOT NULL,
    sha256        TEXT NOT NULL,
    dropped_ms    BIGINT NOT NULL,
    end_reason    TEXT NOT NULL
);

CREATE INDEX recordings_by_start ON recordings (tenant_id, started_at, recording_id);

CREATE INDEX recordings_by_call ON recordings (tenant_id, call_id);

CREATE INDEX recordings_by_caller ON recordings (tenant_id, caller_number, started_at);

CREATE INDEX recordings_by_callee ON recordings (tenant_id, callee_number, started_at);

CREATE INDEX recordings_by_state ON recordings (state);
