-- Events of a tenant for those who follow them, numbered without gaps. A stream begins when somebody first follows it; while nobody has for longer
-- than the retention (wanted_until), nothing is written: a tenant that nobody follows costs no row. last_sequence is raised by one when it begins
-- again, so that who comes back sees that something is missing.
CREATE TABLE event_streams (
    tenant_id     TEXT NOT NULL PRIMARY KEY REFERENCES tenants (tenant_id),
    last_sequence BIGINT NOT NULL,
    wanted_until  BIGINT NOT NULL
);

CREATE TABLE stream_events (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    sequence   BIGINT NOT NULL,
    event_id   TEXT NOT NULL,
    event_type TEXT NOT NULL,
    call_id    TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);

CREATE UNIQUE INDEX stream_events_once ON stream_events (event_id);

CREATE INDEX stream_events_by_age ON stream_events (created_at);
