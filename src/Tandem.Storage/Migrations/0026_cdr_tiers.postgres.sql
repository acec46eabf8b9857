-- online
-- Searches for long and for dear calls want them in the order of their end: one index for each tier of few calls, in place of those that had every call by
-- its length and price. CdrTiers has the same bounds.

DROP INDEX CONCURRENTLY IF EXISTS cdrs_by_duration;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_of_10_minutes;
CREATE INDEX CONCURRENTLY cdrs_of_10_minutes ON cdrs (tenant_id, ended_at, call_id) WHERE duration_ms >= 600000;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_of_1_hour;
CREATE INDEX CONCURRENTLY cdrs_of_1_hour ON cdrs (tenant_id, ended_at, call_id) WHERE duration_ms >= 3600000;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_of_4_hours;
CREATE INDEX CONCURRENTLY cdrs_of_4_hours ON cdrs (tenant_id, ended_at, call_id) WHERE duration_ms >= 14400000;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_by_price;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_with_price;
CREATE INDEX CONCURRENTLY cdrs_with_price ON cdrs (tenant_id, ended_at, call_id) WHERE price_micros > 0;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_of_price_1;
CREATE INDEX CONCURRENTLY cdrs_of_price_1 ON cdrs (tenant_id, ended_at, call_id) WHERE price_micros >= 1000000;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_of_price_10;
CREATE INDEX CONCURRENTLY cdrs_of_price_10 ON cdrs (tenant_id, ended_at, call_id) WHERE price_micros >= 10000000;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_of_price_100;
CREATE INDEX CONCURRENTLY cdrs_of_price_100 ON cdrs (tenant_id, ended_at, call_id) WHERE price_micros >= 100000000;

-- A call between two numbers, and the failed ones of a number, are found in the index alone.

DROP INDEX CONCURRENTLY IF EXISTS cdrs_of_caller;
CREATE INDEX CONCURRENTLY cdrs_of_caller ON cdrs (tenant_id, caller_number, ended_at, result);

DROP INDEX CONCURRENTLY IF EXISTS cdrs_by_caller;

DROP INDEX CONCURRENTLY IF EXISTS cdrs_of_callee;
CREATE INDEX CONCURRENTLY cdrs_of_callee ON cdrs (tenant_id, callee_number, ended_at, caller_number, result);

DROP INDEX CONCURRENTLY IF EXISTS cdrs_by_callee;
