using System.Data.Common;
using Dapper;

namespace Tandem.Storage.Database;

/// <summary>
/// Brings a database up to the newest table layout that this program knows, in one transaction under a lock; what is online runs after it, under a
/// lock of its own, while other nodes go on.
/// </summary>
internal static class Migrator
{
    // Seconds; a big table takes minutes, and giving up would only begin anew.
    private const int NoLimit = 0;

    /// <exception cref="StorageException">The database is newer than the program, or a migration was changed after it ran.</exception>
    public static void Run(TandemDatabase database, IReadOnlyList<Migration> migrations, TimeProvider time)
    {
        var mine = migrations.Where(m => m.Dialect is null || m.Dialect == database.Dialect).ToList();
        using var connection = database.Connect();
        using var transaction = database.BeginExclusive(connection);
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            transaction: transaction);

        var applied = connection.Query<AppliedRow>("SELECT version, checksum FROM schema_version ORDER BY version", transaction: transaction)
            .ToDictionary(row => row.Version, row => row.Checksum);
        Check(database, mine, applied);

        var isNew = applied.Count == 0;
        foreach (var migration in mine.Where(m => !applied.ContainsKey(m.Version) && (isNew || !m.IsOnline)))
            Apply(connection, transaction, migration, time);

        transaction.Commit();
        var online = mine.FindAll(m => !isNew && m.IsOnline && !applied.ContainsKey(m.Version));
        if (online.Count > 0)
            database.RunOnline(connection, () => ApplyOnline(connection, online, time));
    }

    /// <summary>Finds out, without changing anything, whether <see cref="Run"/> would accept the tables that are there; a database without any is accepted.</summary>
    /// <exception cref="StorageException">As <see cref="Run"/>.</exception>
    public static void Examine(TandemDatabase database, IReadOnlyList<Migration> migrations)
    {
        Dictionary<long, string> applied;
        try
        {
            using var connection = database.Connect();
            applied = connection.Query<AppliedRow>("SELECT version, checksum FROM schema_version ORDER BY version").ToDictionary(row => row.Version, row => row.Checksum);
        }
        catch (DbException)
        {
            // No start has made tables here yet.
            return;
        }

        Check(database, migrations.Where(m => m.Dialect is null || m.Dialect == database.Dialect).ToList(), applied);
    }

    private static void Check(TandemDatabase database, List<Migration> known, Dictionary<long, string> applied)
    {
        var newest = known.Count == 0 ? 0 : known[^1].Version;
        var there = applied.Count == 0 ? 0 : applied.Keys.Max();
        if (there > newest)
        {
            throw new StorageException(
                $"{database.Description} has tables of version {there}, and this program knows versions up to {newest}: start the newer program, or restore a backup made before it ran");
        }

        foreach (var migration in known)
        {
            if (applied.TryGetValue(migration.Version, out var checksum) && checksum != migration.Checksum)
            {
                throw new StorageException(
                    $"{database.Description}: migration {migration.Version:0000}_{migration.Name} ran with another text than this program has: the program was changed; use the one that made the tables");
            }
        }
    }

    // Another process may have done it while this one waited for the lock.
    private static void ApplyOnline(DbConnection connection, List<Migration> migrations, TimeProvider time)
    {
        var done = connection.Query<long>("SELECT version FROM schema_version").ToHashSet();
        foreach (var migration in migrations.Where(m => !done.Contains(m.Version)))
        {
            foreach (var statement in migration.Statements)
                connection.Execute(statement, commandTimeout: NoLimit);
            Note(connection, null, migration, time);
        }
    }

    private static void Apply(DbConnection connection, DbTransaction transaction, Migration migration, TimeProvider time)
    {
        connection.Execute(migration.SqlForNew, transaction: transaction, commandTimeout: NoLimit);
        Note(connection, transaction, migration, time);
    }

    private static void Note(DbConnection connection, DbTransaction? transaction, Migration migration, TimeProvider time)
    {
        connection.Execute(
            "INSERT INTO schema_version (version, name, checksum, applied_at) VALUES (@Version, @Name, @Checksum, @at)",
            new { Version = (long)migration.Version, migration.Name, migration.Checksum, at = time.GetUtcNow().ToStored() },
            transaction);
    }

    private sealed class AppliedRow
    {
        public long Version { get; set; }

        public string Checksum { get; set; } = "";
    }
}
