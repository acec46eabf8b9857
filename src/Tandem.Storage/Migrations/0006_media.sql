-- What the media of an extension is like: SRTP policy (empty: the installation's), codecs in their order (empty: the installation's),
-- whether its calls are recorded.

ALTER TABLE extensions ADD COLUMN srtp TEXT NOT NULL DEFAULT '';
ALTER TABLE extensions ADD COLUMN codecs TEXT NOT NULL DEFAULT '';
ALTER TABLE extensions ADD COLUMN recorded BIGINT NOT NULL DEFAULT 0;
