using Tandem.Core.Privacy;

namespace Tandem.Storage;

/// <summary>Where data lives, and the limits of the storage room.</summary>
public sealed record StorageOptions
{
    /// <summary>DATA_DIR: the SQLite file, the key files, the spill file and the node id. Created with mode 0700 when missing.</summary>
    public string DataDirectory { get; init; } = "./data";

    /// <summary>
    /// POSTGRES_URL: <c>postgresql://user:password@host:port/database?sslmode=require</c> or <c>Host=…;Database=…</c>.
    /// Null or empty: SQLite in <see cref="DataDirectory"/>.
    /// </summary>
    public string? PostgresUrl { get; init; }

    /// <summary>Connections to PostgreSQL at most. 10: one writer, the rest for the API.</summary>
    public int MaximumConnections { get; init; } = 10;

    /// <summary>
    /// Statements that each connection to PostgreSQL keeps prepared once they have run five times; 0 keeps none. 32: all that the
    /// writer runs and the frequent reads, so that the server does not plan each row of a batch anew.
    /// </summary>
    public int PreparedStatements { get; init; } = 32;

    /// <summary>How long one statement may take before it counts as failed. 15 s: longer means that the server is away.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a SQLite write waits for another process (the command line) that writes. 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows in one write transaction at most. 2,000: a commit stays far under a second on either database.</summary>
    public int WriteBatchLimit { get; init; } = 2_000;

    /// <summary>
    /// How long the writes of calls (beginning, answer, record with its event) may wait for others, so that they share one transaction.
    /// Zero: none. 5 ms: a commit costs as much as some twenty rows. Four times as long while more than 16 come in this time (some 1,000 calls
    /// a second): each commit writes whole pages, and fewer of them the more share it. A process that is killed in this time loses what began in it and
    /// closes a call whose record waits as NodeLost, as it always did for what waited in memory. An orderly stop writes all.
    /// </summary>
    public TimeSpan CallWriteDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How long the write of a binding may wait for others, so that they share one transaction. Zero:
    /// none. 100 ms: at 1,000 registrations a second a commit serves a hundred of them. A process that is killed forgets the
    /// registrations of so short a time although it answered them: the phone's next refresh makes them anew. An orderly stop
    /// writes them.
    /// </summary>
    public TimeSpan BindingWriteDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Waiting writes that are kept in memory; more go to the spill file while the database is away. 20,000 (about 20 MB).</summary>
    public int WriteQueueLimit { get; init; } = 20_000;

    /// <summary>
    /// Waiting writes in memory beyond which new ones are lost and counted: reached only when the database is away and the
    /// spill file is full or cannot be written. 200,000 (about 200 MB).
    /// </summary>
    public int WriteQueueHardLimit { get; init; } = 200_000;

    /// <summary>Size of the spill file at most, in bytes. 512 MiB: some 700,000 calls.</summary>
    public long SpillFileLimit { get; init; } = 512L << 20;

    /// <summary>First pause after a failed write; it doubles up to <see cref="RetryMaximum"/>. 100 ms.</summary>
    public TimeSpan RetryMinimum { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between attempts while the database is away. 5 s.</summary>
    public TimeSpan RetryMaximum { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a process with open calls writes a sign of life; the error of a recovered duration. 2 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often changes of extensions made by another process are looked for. 500 ms.</summary>
    public TimeSpan DirectoryPollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long closing waits for the queue to be written before it goes to the spill file. 10 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rooms that a tenant keeps, and rules of recording, at most: so many of each. Default 2,000: all are in the memory of every node.</summary>
    public int MaxPolicies { get; init; } = 2_000;

    /// <summary>Extensions that a first start creates at most. 10,000: a wider range is a typing error more often than a wish.</summary>
    public int ExtensionRangeLimit { get; init; } = 10_000;

    /// <summary>Records of calls that ended longer ago are deleted; zero: never. Default zero.</summary>
    public TimeSpan CdrRetention { get; init; }

    /// <summary>How often it is looked for records that are too old. 1 h: a day's worth goes in small steps.</summary>
    public TimeSpan CdrRetentionCheck { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often registrations that have expired are swept, those of nodes that are gone for good above all. 10 min: they hurt nobody.</summary>
    public TimeSpan BindingSweepInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long ago they must have expired. 60 s: so much may the clocks of nodes differ, or a refresh wait to be written.</summary>
    public TimeSpan BindingSweepGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often it is counted what tenants with a limit have stored. 30 s: what comes in between is added.</summary>
    public TimeSpan TenantStorageCheck { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// RECORDING_MASTER_KEY: 32 bytes in base64 or hexadecimal that the tenants' recording keys are wrapped with. Null: a file in
    /// DATA_DIR/keys, made at the first start. A key that is kept elsewhere keeps recordings unreadable to who only has the disk.
    /// </summary>
    public Secret? RecordingMasterKey { get; init; }

    /// <summary>
    /// RECORDING_MASTER_KEY_OLD: the master key before <see cref="RecordingMasterKey"/>. It unwraps only, until all keys are wrapped anew.
    /// Null: none.
    /// </summary>
    public Secret? RecordingMasterKeyOld { get; init; }
}
