-- The number of a queue is its own within the tenant. Of those that have the same one the queue keeps it that was not changed for longest; the
-- others lose it, and the next start of a server says so (queue_number_conflicts).

ALTER TABLE queues ADD COLUMN number TEXT NOT NULL DEFAULT '';

UPDATE queues SET number = COALESCE(body::json ->> 'number', '');

CREATE TABLE queue_number_conflicts (
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    queue     TEXT NOT NULL,
    number    TEXT NOT NULL,
    kept_by   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, queue)
);

INSERT INTO queue_number_conflicts (tenant_id, queue, number, kept_by)
SELECT tenant_id, name, number, first FROM (
    SELECT tenant_id, name, number, FIRST_VALUE(name) OVER (PARTITION BY tenant_id, number ORDER BY changed_at, name) AS first
    FROM queues WHERE number <> '') AS held
WHERE name <> first;

UPDATE queues SET number = '', body = (
    SELECT json_object_agg(member.key, CASE WHEN member.key = 'number' THEN '""'::json ELSE member.value END)::text FROM json_each(queues.body::json) AS member)
WHERE EXISTS (SELECT 1 FROM queue_number_conflicts AS lost WHERE lost.tenant_id = queues.tenant_id AND lost.queue = queues.name);

CREATE UNIQUE INDEX queues_by_number ON queues (tenant_id, number) WHERE number <> '';

UPDATE change_versions SET version = version + 1 WHERE topic = 'queues';
