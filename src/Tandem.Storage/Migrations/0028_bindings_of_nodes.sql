-- Nodes share the table: each loads and removes what registered with it. A binding belongs to the node where it was made or refreshed last.
-- What was there before belongs to the node that starts first.

ALTER TABLE bindings ADD COLUMN node_id TEXT NOT NULL DEFAULT '';
