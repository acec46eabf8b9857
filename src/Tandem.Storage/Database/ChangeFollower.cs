using System.Data.Common;
using Dapper;

namespace Tandem.Storage.Database;

/// <summary>
/// Keeps a copy in memory as new as the tables: it reads one row of <c>change_versions</c> at intervals, and only what has a newer
/// version is fetched. While the database is away the copy stays as it is.
/// </summary>
internal sealed class ChangeFollower : IDisposable
{
    private readonly TandemDatabase _database;
    private readonly string _topic;
    private readonly Action<DbConnection, long, long> _read;
    private readonly Action _forget;
    private readonly Lock _refreshing = new();
    private readonly ITimer _timer;
    private long _version;
    private long _failures;
    private volatile bool _disposed;

    /// <param name="database">Where the tables are.</param>
    /// <param name="topic">The row of <c>change_versions</c>.</param>
    /// <param name="read">Fetches the rows with a version above the first number and up to the second. One call at a time.</param>
    /// <param name="forget">Empties the copy: the database is older than it, as one restored from a backup.</param>
    /// <param name="time">Measures the intervals.</param>
    public ChangeFollower(TandemDatabase database, string topic, Action<DbConnection, long, long> read, Action forget, TimeProvider time)
    {
        _database = database;
        _topic = topic;
        _read = read;
        _forget = forget;
        _timer = time.CreateTimer(static state => ((ChangeFollower)state!).Poll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Looks for changes that failed because the database was away.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Raises the version of a topic within a transaction. Its row is locked until the commit, so versions become visible in their order.</summary>
    public static Task<long> RaiseAsync(DbConnection connection, DbTransaction transaction, string topic, CancellationToken cancellation) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "UPDATE change_versions SET version = version + 1 WHERE topic = @topic RETURNING version", new { topic }, transaction, cancellationToken: cancellation));

    /// <summary>Fetches what changed since the last time.</summary>
    /// <exception cref="DbException">The database is away; the copy stays.</exception>
    public void Refresh()
    {
        lock (_refreshing)
        {
            if (_disposed)
                return;

            using var connection = _database.Connect();
            var newest = connection.ExecuteScalar<long>("SELECT version FROM change_versions WHERE topic = @topic", new { topic = _topic });
            if (newest == _version)
                return;

            if (newest < _version)
            {
                _version = 0;
                _forget();
            }

            _read(connection, _version, newest);
            _version = newest;
        }
    }

    /// <summary>Refreshes after a change that this process made; when that fails, the next poll does it.</summary>
    public void RefreshQuietly()
    {
        try
        {
            Refresh();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Interlocked.Increment(ref _failures);
        }
    }

    /// <summary>Begins to follow changes.</summary>
    public void Follow(TimeSpan interval) => _timer.Change(interval, interval);

    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
    }

    private void Poll()
    {
        // A slow database must not pile up polls.
        if (!_refreshing.TryEnter())
            return;

        try
        {
            RefreshQuietly();
        }
        finally
        {
            _refreshing.Exit();
        }
    }
}
