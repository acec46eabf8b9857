using System.Data.Common;
using System.Net.Sockets;
using Dapper;
using Npgsql;

namespace Tandem.Storage.Database;

/// <summary>A PostgreSQL server, shared by all nodes of an installation.</summary>
internal sealed class PostgresDatabase : TandemDatabase
{
    // "tandem" as a number: the advisory lock that migrations hold.
    private const long MigrationLock = 0x74616E64656D;
    private const long OnlineLock = MigrationLock + 1;

    // Who has a turn needs a second connection for his change, and others need some too.
    private const int MostTurns = 4;

    private readonly SemaphoreSlim _turns = new(MostTurns, MostTurns);
    private readonly NpgsqlDataSource _source;

    private PostgresDatabase(NpgsqlDataSource source, string description, int maximumConnections)
    {
        _source = source;
        Description = description;
        MaximumConnections = maximumConnections;
    }

    public override string Dialect => "postgres";

    /// <inheritdoc/>
    internal override bool HasManyWriters => true;

    public override string Description { get; }

    /// <exception cref="StorageException">The URL cannot be read or the server does not answer.</exception>
    public static PostgresDatabase OpenServer(StorageOptions options)
    {
        var settings = PostgresUrl.Parse(options.PostgresUrl!);
        settings.MaxPoolSize = options.MaximumConnections;
        settings.CommandTimeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds);
        if (!settings.ContainsKey("Timeout"))
            settings.Timeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds);
        if (settings.MaxAutoPrepare == 0)
            settings.MaxAutoPrepare = options.PreparedStatements;
        settings.ApplicationName ??= "tandem";
        settings.IncludeErrorDetail = false;

        var place = $"{settings.Host}:{settings.Port}/{settings.Database}";
        var source = NpgsqlDataSource.Create(settings);
        try
        {
            using var connection = source.OpenConnection();
            return new PostgresDatabase(source, $"PostgreSQL {connection.PostgreSqlVersion} at {place}", options.MaximumConnections);
        }
        catch (Exception e) when (e is DbException or SocketException or TimeoutException or IOException or ArgumentException)
        {
            source.Dispose();
            throw new StorageException($"PostgreSQL at {place} (user {settings.Username}) cannot be used: {e.Message}", e);
        }
    }

    public override int MaximumConnections { get; }

    protected override DbConnection Open() => _source.OpenConnection();

    protected override async ValueTask<DbConnection> OpenAsync(CancellationToken cancellation) =>
        await _source.OpenConnectionAsync(cancellation);

    // The lock is the transaction's: it goes with the connection, however that ends.
    internal override async ValueTask<IAsyncDisposable?> TakeTurnAsync(string thing, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        var turn = new Turn(_turns);
        try
        {
            turn.Connection = await ConnectAsync(cancellation);
            turn.Transaction = await turn.Connection.BeginTransactionAsync(cancellation);
            await turn.Connection.ExecuteAsync(new CommandDefinition(
                "SELECT pg_advisory_xact_lock(hashtextextended(@thing, @seed))", new { thing, seed = MigrationLock }, turn.Transaction, cancellationToken: cancellation));
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    internal override string Each(string parameter) => $"SELECT json_array_elements_text(CAST(@{parameter} AS json))";

    internal override DbTransaction BeginExclusive(DbConnection connection)
    {
        var transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock(@key)", new { key = MigrationLock }, transaction, commandTimeout: 0); // as long as another process migrates
        return transaction;
    }

    // Asked for again and again, and not waited for: an index that is made beside others waits for every statement that began before it, also for
    // one that waits for this lock.
    internal override void RunOnline(DbConnection connection, Action work)
    {
        while (!connection.ExecuteScalar<bool>("SELECT pg_try_advisory_lock(@key)", new { key = OnlineLock }))
            connection.Execute("SELECT pg_sleep(0.2)");
        try
        {
            work();
        }
        finally
        {
            connection.Execute("SELECT pg_advisory_unlock(@key)", new { key = OnlineLock });
        }
    }

    // SQLSTATE classes 22 (data exception), 23 (integrity) and 54 (limit exceeded) speak of the row.
    internal override bool IsDataFault(DbException exception) =>
        exception is PostgresException { SqlState: var state }
        && (state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal)
            || state.StartsWith("54", StringComparison.Ordinal));

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;

        _source.Dispose();
        _turns.Dispose();
    }

    private sealed class Turn(SemaphoreSlim turns) : IAsyncDisposable
    {
        private int _ended;

        public DbConnection? Connection { get; set; }

        public DbTransaction? Transaction { get; set; }

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _ended, 1) != 0)
                return;

            try
            {
                if (Transaction is not null)
                    await Transaction.DisposeAsync();
                if (Connection is not null)
                    await Connection.DisposeAsync();
            }
            finally
            {
                turns.Release();
            }
        }
    }
}
