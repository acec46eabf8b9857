-- Few calls have a price, went through a menu or were recorded: the others have no entry.

CREATE INDEX cdrs_by_price ON cdrs (tenant_id, price_micros) WHERE price_micros > 0;

CREATE INDEX cdrs_by_ivr ON cdrs (tenant_id, ivr_flow, ended_at, call_id) WHERE ivr_flow <> '';

CREATE INDEX cdrs_by_recording ON cdrs (tenant_id, ended_at, call_id) WHERE recording_ids <> '';
