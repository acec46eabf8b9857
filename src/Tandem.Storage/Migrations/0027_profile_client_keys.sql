-- The private key of the client certificate that a profile shows to its provider over TLS, sealed like the password; empty for none.

ALTER TABLE sip_profiles ADD COLUMN client_key TEXT NOT NULL DEFAULT '';
