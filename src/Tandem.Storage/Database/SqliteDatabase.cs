using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Tandem.Storage.Database;

/// <summary>One file in DATA_DIR, in write-ahead mode: readers never wait for the writer.</summary>
internal sealed class SqliteDatabase : TandemDatabase
{
    /// <summary>The name of the file in DATA_DIR.</summary>
    public const string FileName = "tandem.db";

    // Result codes of SQLite that speak of the row: TOOBIG, CONSTRAINT, MISMATCH.
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int Mismatch = 20;

    private readonly string _connectionString;
    private readonly string _setUp;
    private readonly ConditionalWeakTable<object, string> _ready = [];

    private SqliteDatabase(string path, StorageOptions options)
    {
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            ForeignKeys = true,
            DefaultTimeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds),
            Pooling = true,
        }.ToString();
        _setUp = string.Create(CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds}; PRAGMA synchronous = NORMAL;");

        using var connection = Connect();
        var mode = connection.ExecuteScalar<string>("PRAGMA journal_mode = WAL");
        if (!string.Equals(mode, "wal", StringComparison.OrdinalIgnoreCase))
            throw new StorageException($"{path} cannot be put into write-ahead mode (it is in mode {mode}): is DATA_DIR on a network file system?");

        Description = $"SQLite {connection.ServerVersion} in {path}";
    }

    public override string Dialect => "sqlite";

    /// <inheritdoc/>
    internal override bool HasManyWriters => false;

    public override string Description { get; }

    /// <exception cref="StorageException">The file cannot be made, opened or written.</exception>
    public static SqliteDatabase OpenFile(StorageOptions options)
    {
        SystemSqlite.Load();
        var path = Path.Combine(Path.GetFullPath(options.DataDirectory), FileName);
        try
        {
            MakePrivate(path);
            return new SqliteDatabase(path, options);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path} cannot be opened: {e.Message}", e);
        }
    }

    // Who called whom is nobody else's business: SQLite gives its own files the mode of this one.
    private static void MakePrivate(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path))
            return;

        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    protected override DbConnection Open() => OpenOne();

    internal override WriteSession OpenWriteSession() => new SqliteSession(OpenOne());

    private SqliteConnection OpenOne()
    {
        var connection = new SqliteFileConnection(_connectionString);
        try
        {
            connection.Open();

            // A connection of the pool has it from its first time.
            if (connection.Handle is not { } handle || !_ready.TryGetValue(handle, out _))
            {
                connection.Execute(_setUp);
                if (connection.Handle is { } opened)
                    _ready.AddOrUpdate(opened, connection.DataSource);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite has no asynchronous input and output: the file answers in microseconds.
    protected override ValueTask<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new ValueTask<DbConnection>(OpenOne());
    }

    internal override string Each(string parameter) => $"SELECT value FROM json_each(@{parameter})";

    // This provider begins with BEGIN IMMEDIATE, which is the lock.
    internal override DbTransaction BeginExclusive(DbConnection connection) => connection.BeginTransaction();

    // Its writers wait for each other anyway, and no file of SQLite is online.
    // There is no way beside those who write: one writer at a time is what SQLite is.
    internal override void RunOnline(DbConnection connection, Action work)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            connection.Execute("COMMIT");
        }
        catch
        {
            connection.Execute("ROLLBACK");
            throw;
        }
    }

    internal override bool IsDataFault(DbException exception) =>
        exception is SqliteException { SqliteErrorCode: TooBig or Constraint or Mismatch };

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;

        using var connection = new SqliteFileConnection(_connectionString);
        connection.ForgetPool();
    }
}
