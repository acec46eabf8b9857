-- How well each direction of a call did. Times in microseconds, MOS in thousandths, loss in parts per million; null: unknown.

ALTER TABLE cdrs ADD COLUMN caller_codec TEXT NOT NULL DEFAULT '';

ALTER TABLE cdrs ADD COLUMN caller_max_jitter_us BIGINT NOT NULL DEFAULT 0;

ALTER TABLE cdrs ADD COLUMN caller_round_trip_us BIGINT;

ALTER TABLE cdrs ADD COLUMN caller_mos_milli BIGINT;

ALTER TABLE cdrs ADD COLUMN caller_heard_loss_ppm BIGINT;

ALTER TABLE cdrs ADD COLUMN caller_heard_jitter_us BIGINT;

ALTER TABLE cdrs ADD COLUMN caller_heard_mos_milli BIGINT;

ALTER TABLE cdrs ADD COLUMN callee_codec TEXT NOT NULL DEFAULT '';

ALTER TABLE cdrs ADD COLUMN callee_max_jitter_us BIGINT NOT NULL DEFAULT 0;

ALTER TABLE cdrs ADD COLUMN callee_round_trip_us BIGINT;

ALTER TABLE cdrs ADD COLUMN callee_mos_milli BIGINT;

ALTER TABLE cdrs ADD COLUMN callee_heard_loss_ppm BIGINT;

ALTER TABLE cdrs ADD COLUMN callee_heard_jitter_us BIGINT;

ALTER TABLE cdrs ADD COLUMN callee_heard_mos_milli BIGINT;
