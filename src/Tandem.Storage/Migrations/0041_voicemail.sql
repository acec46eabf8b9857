-- Voicemail: a box for each extension that has one, and its messages; their sound lies in recordings.

CREATE TABLE voicemail_boxes (
    tenant_id  TEXT NOT NULL REFERENCES tenants (tenant_id),
    number     TEXT NOT NULL,
    pin        TEXT NOT NULL,
    greeting   TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

CREATE TABLE voicemail_messages (
    message_id  TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL REFERENCES tenants (tenant_id),
    number      TEXT NOT NULL,
    caller      TEXT NOT NULL,
    call_id     TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    heard       BIGINT NOT NULL,
    urgent      BIGINT NOT NULL
);

CREATE INDEX voicemail_messages_by_box ON voicemail_messages (tenant_id, number, received_at, message_id);
