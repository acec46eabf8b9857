-- Counts of waiting messages have a version: every node shows the lamps of messages that another one took.

ALTER TABLE mailboxes ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX mailboxes_version ON mailboxes (version);

INSERT INTO change_versions (topic, version) VALUES ('mailboxes', 1);
