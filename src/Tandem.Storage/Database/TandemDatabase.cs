using System.Data;
using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Tandem.Storage.Database;

/// <summary>
/// The database of an installation: SQLite in DATA_DIR, or PostgreSQL. The same SQL serves both; what differs is here.
/// Thread-safe.
/// </summary>
public abstract class TandemDatabase : IDisposable
{
    private int _inUse;
    private long _borrowed;
    private long _refused;

    static TandemDatabase() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>Opens the database that the options name, and brings its tables up to date.</summary>
    /// <exception cref="StorageException">It cannot be opened; the message says what to do.</exception>
    public static TandemDatabase Open(StorageOptions options, TimeProvider time)
    {
        TandemDatabase database = string.IsNullOrWhiteSpace(options.PostgresUrl)
            ? SqliteDatabase.OpenFile(options)
            : PostgresDatabase.OpenServer(options);
        try
        {
            Migrator.Run(database, Migration.Embedded, time);
            return database;
        }
        catch (DbException e)
        {
            database.Dispose();
            throw new StorageException($"{database.Description}: the tables cannot be brought up to date: {e.Message}", e);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Tries the database that the options name without making or changing its tables; a SQLite file that is not there yet is no problem.</summary>
    /// <returns>What would stop <see cref="Open"/>, for people; null when nothing would.</returns>
    public static string? Probe(StorageOptions options)
    {
        var isFile = string.IsNullOrWhiteSpace(options.PostgresUrl);
        if (isFile && !File.Exists(Path.Combine(options.DataDirectory, SqliteDatabase.FileName)))
            return null;

        try
        {
            using TandemDatabase database = isFile ? SqliteDatabase.OpenFile(options) : PostgresDatabase.OpenServer(options);
            Migrator.Examine(database, Migration.Embedded);
            return null;
        }
        catch (StorageException e)
        {
            return e.Message;
        }
    }

    /// <summary><c>sqlite</c> or <c>postgres</c>; also the middle name of migrations that only one of them runs.</summary>
    public abstract string Dialect { get; }

    /// <summary>Whether transactions of several processes write at the same time.</summary>
    internal abstract bool HasManyWriters { get; }

    /// <summary>Product, version and place, for people; never a password.</summary>
    public abstract string Description { get; }

    /// <summary>Connections that the pool may hold; 0 for any number.</summary>
    public virtual int MaximumConnections => 0;

    /// <summary>How the pool stands.</summary>
    public PoolStatistics Pool => new(Volatile.Read(ref _inUse), MaximumConnections, Interlocked.Read(ref _borrowed), Interlocked.Read(ref _refused));

    /// <summary>An open connection from the pool; dispose it soon.</summary>
    public DbConnection Connect()
    {
        try
        {
            return Lend(Open());
        }
        catch
        {
            Interlocked.Increment(ref _refused);
            throw;
        }
    }

    /// <inheritdoc cref="Connect"/>
    public async ValueTask<DbConnection> ConnectAsync(CancellationToken cancellation = default)
    {
        try
        {
            return Lend(await OpenAsync(cancellation));
        }
        catch
        {
            Interlocked.Increment(ref _refused);
            throw;
        }
    }

    /// <summary>Opens a connection, or takes one that is open from the pool of the provider.</summary>
    protected abstract DbConnection Open();

    /// <inheritdoc cref="Open"/>
    protected abstract ValueTask<DbConnection> OpenAsync(CancellationToken cancellation);

    /// <summary>
    /// Waits for its turn with a thing among all nodes that share the database, and keeps it until the result is disposed; null where there is one node only (SQLite).
    /// </summary>
    /// <exception cref="DbException">Somebody else keeps his turn too long, or the database is away.</exception>
    internal virtual ValueTask<IAsyncDisposable?> TakeTurnAsync(string thing, CancellationToken cancellation) => new((IAsyncDisposable?)null);

    /// <summary>What the writer's thread writes through.</summary>
    internal virtual WriteSession OpenWriteSession() => new PooledSession(this);

    /// <summary>What stands in <c>IN (…)</c> for the keys that a parameter carries as <see cref="Keys"/> makes it: one text of a statement for any number of them.</summary>
    internal abstract string Each(string parameter);

    /// <summary>The value of such a parameter.</summary>
    internal static string Keys(IEnumerable<string> keys) => JsonSerializer.Serialize(keys);

    /// <summary>A transaction that may write, and that no other migration runs beside.</summary>
    internal abstract DbTransaction BeginExclusive(DbConnection connection);

    /// <summary>Runs what needs no transaction while no other process of this program runs such.</summary>
    internal abstract void RunOnline(DbConnection connection, Action work);

    /// <summary>True when the row itself is at fault, so that the same write would fail for ever.</summary>
    internal abstract bool IsDataFault(DbException exception);

    /// <summary>Asks the database for a sign of life.</summary>
    /// <exception cref="DbException">It gave none.</exception>
    public async Task PingAsync(CancellationToken cancellation = default)
    {
        await using var connection = await ConnectAsync(cancellation);
        await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT 1", cancellationToken: cancellation));
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    // A connection goes back when it is closed, however that comes about.
    private DbConnection Lend(DbConnection connection)
    {
        Interlocked.Increment(ref _borrowed);
        Interlocked.Increment(ref _inUse);
        connection.StateChange += Returned;
        return connection;
    }

    private void Returned(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState != ConnectionState.Closed)
            return;

        ((DbConnection)sender).StateChange -= Returned;
        Interlocked.Decrement(ref _inUse);
    }
}
