-- Answers to requests with an Idempotency-Key, where every node finds them. Keys are hashes, answers lie sealed (one may hold a secret that is shown once);
-- answer is null while the request runs, and expires_at is then the end of the claim of who runs it.

CREATE TABLE idempotency_keys (
    tenant_id   TEXT NOT NULL REFERENCES tenants (tenant_id),
    key_hash    TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    node_id     TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    claim_no    BIGINT NOT NULL,
    answer      TEXT,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, key_hash)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (tenant_id, created_at, key_hash);
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (expires_at);
