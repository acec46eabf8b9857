-- online
-- Few calls have a price, went through a menu or were recorded: the others have no entry. An index that a former attempt left unfinished goes first.

DROP INDEX CONCURRENTLY IF EXISTS cdrs_by_price;
CREATE INDEX CONCURRENTLY cdrs_by_price ON cdrs (tenant_id, price_micros) WHERE price_micros > 0;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_by_ivr;
CREATE INDEX CONCURRENTLY cdrs_by_ivr ON cdrs (tenant_id, ivr_flow, ended_at, call_id) WHERE ivr_flow <> '';

DROP INDEX CONCURRENTLY IF EXISTS cdrs_by_recording;
CREATE INDEX CONCURRENTLY cdrs_by_recording ON cdrs (tenant_id, ended_at, call_id) WHERE recording_ids <> '';
