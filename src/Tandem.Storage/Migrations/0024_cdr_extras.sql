-- What few calls have: the number of legs that did not answer, the price in millionths (null: no price list has one), the way through menus with
-- the flow that it begins in (empty: none), and the ids of recordings, separated by commas (empty: none).

ALTER TABLE cdrs ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;

ALTER TABLE cdrs ADD COLUMN price_micros BIGINT;

ALTER TABLE cdrs ADD COLUMN ivr_path TEXT NOT NULL DEFAULT '';

ALTER TABLE cdrs ADD COLUMN ivr_flow TEXT NOT NULL DEFAULT '';

ALTER TABLE cdrs ADD COLUMN recording_ids TEXT NOT NULL DEFAULT '';

-- The legs of a call that did not answer, 1, 2, 3 … in the order of dialling; they go with their call. call_ended_at is cdrs.ended_at, so that a search
-- by profile has its order in one index.
CREATE TABLE cdr_attempts (
    call_id       TEXT NOT NULL REFERENCES cdrs (call_id) ON DELETE CASCADE,
    attempt       BIGINT NOT NULL,
    tenant_id     TEXT NOT NULL,
    call_ended_at BIGINT NOT NULL,
    number        TEXT NOT NULL,
    address       TEXT NOT NULL,
    sip_call_id   TEXT NOT NULL,
    profile_id    TEXT NOT NULL,
    sip_status    BIGINT NOT NULL,
    phrase        TEXT NOT NULL,
    dialled_at    BIGINT NOT NULL,
    ringing_at    BIGINT,
    ended_at      BIGINT NOT NULL,
    PRIMARY KEY (call_id, attempt)
);

CREATE INDEX cdr_attempts_by_profile ON cdr_attempts (tenant_id, profile_id, call_ended_at, call_id) WHERE profile_id <> '';
