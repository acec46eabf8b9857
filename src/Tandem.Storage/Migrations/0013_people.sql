-- People who sign in. The administrators of before are operators. totp_secret and totp_pending are sealed (AES-256-GCM, see SecretBox);
-- totp_step is the last time step whose code was accepted. Recovery codes are kept as SHA-256.

CREATE TABLE users (
    tenant_id     TEXT NOT NULL REFERENCES tenants (tenant_id),
    user_name     TEXT NOT NULL,
    display_name  TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    enabled       BIGINT NOT NULL,
    failures      BIGINT NOT NULL,
    locked_until  BIGINT NOT NULL,
    totp_secret   TEXT NOT NULL,
    totp_pending  TEXT NOT NULL,
    totp_step     BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_name)
);

INSERT INTO users (tenant_id, user_name, display_name, password_hash, role, enabled, failures, locked_until, totp_secret, totp_pending, totp_step, created_at, changed_at)
SELECT tenant_id, user_name, '', password_hash, 'operator', 1, failures, locked_until, '', '', 0, created_at, changed_at FROM admin_users;

DROP TABLE admin_users;

CREATE TABLE recovery_codes (
    tenant_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_name, code_hash)
);

-- The row is locked by whoever changes users, so that two changes cannot each leave the other's operator as the last.
INSERT INTO change_versions (topic, version) VALUES ('users', 0);

ALTER TABLE sessions ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';

CREATE INDEX sessions_by_user ON sessions (tenant_id, user_name);

-- Tokens may do what their scopes, their role and the user that made them may (made_by empty: the command line). addresses are prefixes,
-- separated by commas; empty for any.

ALTER TABLE api_tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '*';
ALTER TABLE api_tokens ADD COLUMN role TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE api_tokens ADD COLUMN addresses TEXT NOT NULL DEFAULT '';
ALTER TABLE api_tokens ADD COLUMN maker_tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE api_tokens ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
ALTER TABLE api_tokens ADD COLUMN last_used_at BIGINT;
