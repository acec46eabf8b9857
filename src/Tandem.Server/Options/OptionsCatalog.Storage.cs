using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Storage = "Storage";

    private static void AddStorage(List<Setting> list)
    {
        list.Add(Storage, "DB_MAX_CONNECTIONS", o => o.Storage.MaximumConnections, Count(2, 1_000, "connections"), "Connections to PostgreSQL: one writes, the rest serve the API.");
        list.Add(Storage, "DB_PREPARED_STATEMENTS", o => o.Storage.PreparedStatements, Count(0, 1_000, "statements"), "Statements that each connection to PostgreSQL keeps prepared; 0 for a PgBouncer in transaction mode before 1.21.");
        list.Add(Storage, "DB_COMMAND_TIMEOUT", o => o.Storage.CommandTimeout, Seconds(1, 600), "A statement that takes longer counts as failed: the server is away.");
        list.Add(Storage, "DB_BUSY_TIMEOUT", o => o.Storage.BusyTimeout, Milliseconds(0, 60_000), "How long a SQLite write waits for another process (the command line) that writes.");
        list.Add(Storage, "DB_WRITE_BATCH", o => o.Storage.WriteBatchLimit, Count(1, 100_000, "rows"), "Rows in one write transaction: a commit stays far under a second.");
        list.Add(Storage, "DB_CALL_DELAY", o => o.Storage.CallWriteDelay, Milliseconds(0, 1_000), "How long the writes of calls wait to share a transaction, four times as long while more than 16 come in this time. A kill loses the calls that began in this time; one whose record waits is recorded as lost with the node.");
        list.Add(Storage, "DB_BINDING_DELAY", o => o.Storage.BindingWriteDelay, Milliseconds(0, 1_000), "How long a registration waits to be written with others; after a kill the phones of that time are away until their next refresh.");
        list.Add(Storage, "DB_WRITE_QUEUE", o => o.Storage.WriteQueueLimit, Count(100, 10_000_000, "writes"), "Writes that wait in memory (1 kB each); more go to the spill file while the database is away.");
        list.Add(Storage, "DB_WRITE_QUEUE_HARD", o => o.Storage.WriteQueueHardLimit, Count(100, 10_000_000, "writes"), "Beyond it writes are lost and counted: only when the spill file is full as well.");
        list.Add(Storage, "DB_SPILL_MAX", o => o.Storage.SpillFileLimit, new SizeKind(1 << 20, 1L << 40), "The file in DATA_DIR that takes what the database cannot: some 700,000 calls.");
        list.Add(Storage, "DB_RETRY_MIN", o => o.Storage.RetryMinimum, Milliseconds(1, 60_000), "The first pause after a failed write; it doubles.");
        list.Add(Storage, "DB_RETRY_MAX", o => o.Storage.RetryMaximum, Milliseconds(1, 600_000), "The longest pause between attempts while the database is away.");
        list.Add(Storage, "DB_HEARTBEAT", o => o.Storage.HeartbeatInterval, Milliseconds(100, 600_000), "How often open calls are marked alive; by so much the duration of a call that a crash ended may be short.");
        list.Add(Storage, "POLICY_MAX", o => o.Storage.MaxPolicies, Count(1, 1_000_000, "rooms or rules"), "Rooms that a tenant keeps, and rules of recording, at most: so many of each. All are in the memory of every node.");
        list.Add(Storage, "DB_POLL_EXTENSIONS", o => o.Storage.DirectoryPollInterval, Milliseconds(50, 60_000), "How often changes of extensions made by another process are looked for.");
        list.Add(Storage, "DB_CLOSE_TIMEOUT", o => o.Storage.CloseTimeout, Seconds(0, 600), "How long a stop waits for queued writes before they go to the spill file.");
        list.Add(Storage, "CDR_RETENTION", o => o.Storage.CdrRetention, Seconds(0, 3_153_600_000), "Records of calls that ended longer ago are deleted; 0 never. A number with d stands for days.", main: true);
        list.Add(Storage, "TENANT_STORAGE_CHECK", o => o.Storage.TenantStorageCheck, Seconds(1, 86_400), "How often it is counted what tenants with a limit have stored; what comes in between is added.");
        list.Add(Storage, "CDR_RETENTION_CHECK", o => o.Storage.CdrRetentionCheck, Seconds(1, 86_400), "How often it is looked for records that are too old.");
        list.Add(Storage, "DB_BINDING_SWEEP", o => o.Storage.BindingSweepInterval, Seconds(1, 86_400), "How often registrations that have expired are swept, those of nodes that are gone for good above all.");
        list.Add(Storage, "DB_BINDING_SWEEP_GRACE", o => o.Storage.BindingSweepGrace, Seconds(0, 86_400), "How long ago they must have expired: so much may the clocks of nodes differ.");
        list.Add(Storage, "EXT_FIRST_MAX", o => o.Storage.ExtensionRangeLimit, Count(1, 1_000_000, "extensions"), "Extensions that a first start creates at most: a wider range is a typing error more often than a wish.");
    }
}
