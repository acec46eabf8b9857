-- What a tenant may spend on calls to outside in a day, in millionths (0: no limit besides its own rules).
ALTER TABLE tenants ADD COLUMN max_spend_micros BIGINT NOT NULL DEFAULT 0;
