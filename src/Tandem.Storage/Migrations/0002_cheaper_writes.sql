-- Both indexes were read once at a start and paid for by every write: a refresh moved its entry, a call made one and took it away.
-- Without them the start scans tables that hold a row for each phone and for each call that is open.

DROP INDEX bindings_by_expiry;

DROP INDEX calls_open_by_node;
