using System.Data.Common;

namespace Tandem.Storage.Database;

/// <summary>
/// Changes to the tables of one topic: each in a transaction that first raises the topic's version, so that versions become visible in the order of the changes and every copy notices them
/// (<see cref="ChangeFollower"/>).
/// </summary>
internal sealed class TopicChanges(TandemDatabase database, string topic, TimeProvider time)
{
    /// <summary>Called after a change was committed, on the thread that made it.</summary>
    public Action? Committed { get; set; }

    /// <summary>Makes a change.</summary>
    /// <param name="change">Gets the connection, the transaction, the new version and the time as it is stored.</param>
    /// <param name="isMade">Looks at what <paramref name="change"/> returned: false takes everything back.</param>
    public async Task<T> MakeAsync<T>(Func<DbConnection, DbTransaction, long, long, Task<T>> change, Func<T, bool> isMade, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var version = await ChangeFollower.RaiseAsync(connection, transaction, topic, cancellation);
        var result = await change(connection, transaction, version, time.GetUtcNow().ToStored());
        if (!isMade(result))
            return result;

        await transaction.CommitAsync(cancellation);
        Committed?.Invoke();
        return result;
    }

    /// <summary>Makes a change that is never taken back.</summary>
    public Task MakeAsync(Func<DbConnection, DbTransaction, long, long, Task> change, CancellationToken cancellation) => MakeAsync(
        async (connection, transaction, version, now) =>
        {
            await change(connection, transaction, version, now);
            return true;
        },
        static _ => true, cancellation);
}
