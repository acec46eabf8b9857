using Tandem.Storage.Database;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Database;

public sealed class MigratorOnSqliteTests() : MigratorTests(null);

public sealed class MigratorOnPostgresTests(PostgresServer postgres) : MigratorTests(postgres);

public abstract class MigratorTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly int Last = Migration.Embedded[^1].Version;

    private static readonly Migration Second = new(Last + 1, "second", null, "CREATE TABLE second (id BIGINT); INSERT INTO second VALUES (1)");

    // A file for one of the databases is none for the other.
    private int Known => Migration.Embedded.Count(m => m.Dialect is null || m.Dialect == (IsPostgres ? "postgres" : "sqlite"));

    [Fact]
    public void Each_file_runs_once_and_is_recorded()
    {
        var storage = OpenBeside();
        Migrator.Run(storage.Database, [.. Migration.Embedded, Second], TimeProvider.System);
        Migrator.Run(storage.Database, [.. Migration.Embedded, Second], TimeProvider.System);

        Assert.Equal(1, Count(storage, "second"));
        Assert.Equal(Known + 1, Count(storage, "schema_version"));
    }

    [Fact]
    public void A_file_for_the_other_database_is_left_out()
    {
        var storage = OpenBeside();
        var other = Second with { Dialect = IsPostgres ? "sqlite" : "postgres" };
        Migrator.Run(storage.Database, [.. Migration.Embedded, other], TimeProvider.System);

        Assert.Equal(Known, Count(storage, "schema_version"));
    }

    // What is online is not in the transaction of the others, can begin anew after it was cut off, and runs once.
    [Fact]
    public async Task An_online_file_runs_beside_others_and_may_be_repeated()
    {
        var storage = OpenBeside();
        var text = IsPostgres
            ? "-- online\nDROP INDEX CONCURRENTLY IF EXISTS again;\nCREATE INDEX CONCURRENTLY again ON cdrs (trace_id);"
            : "-- online\nDROP INDEX IF EXISTS again;\nCREATE INDEX again ON cdrs (trace_id);";
        var broken = new Migration(Last + 2, "online", null, text + "\nSELECT nonsense FROM nowhere");
        Assert.ThrowsAny<System.Data.Common.DbException>(() => Migrator.Run(storage.Database, [.. Migration.Embedded, Second, broken], TimeProvider.System));
        Assert.Equal((1, Known + 1), (Count(storage, "second"), Count(storage, "schema_version")));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
            Task.Run(() => Migrator.Run(storage.Database, [.. Migration.Embedded, Second, new Migration(Last + 2, "online", null, text)], TimeProvider.System), Cancellation)));
        Assert.Equal(Known + 2, Count(storage, "schema_version"));
    }

    [Fact]
    public void A_newer_database_is_refused()
    {
        var storage = OpenBeside();
        Migrator.Run(storage.Database, [.. Migration.Embedded, Second], TimeProvider.System);

        var refused = Assert.Throws<StorageException>(() => OpenBeside());
        Assert.Contains($"tables of version {Last + 1}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"up to {Last}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_changed_after_it_ran_is_refused()
    {
        var storage = OpenBeside();
        Migrator.Run(storage.Database, [.. Migration.Embedded, Second], TimeProvider.System);

        var changed = new Migration(Last + 1, "second", null, Second.Sql + " ");
        var refused = Assert.Throws<StorageException>(() => Migrator.Run(storage.Database, [.. Migration.Embedded, changed], TimeProvider.System));
        Assert.Contains($"{Last + 1:0000}_second", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_fails_changes_nothing()
    {
        var storage = OpenBeside();
        var broken = new Migration(Last + 2, "broken", null, "CREATE TABLE third (id BIGINT); SELECT nonsense FROM nowhere");
        Assert.ThrowsAny<System.Data.Common.DbException>(() => Migrator.Run(storage.Database, [.. Migration.Embedded, Second, broken], TimeProvider.System));

        Assert.Equal(Known, Count(storage, "schema_version"));
        Assert.ThrowsAny<System.Data.Common.DbException>(() => Count(storage, "second"));
    }

    [Fact]
    public async Task Programs_that_start_together_migrate_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TandemDatabase.Open(Options, TimeProvider.System).Dispose(), Cancellation)));

        Assert.Equal(Known, Count(OpenBeside(), "schema_version"));
    }

    [Fact]
    public async Task Two_servers_cannot_share_a_data_directory_but_commands_can_run_beside()
    {
        var first = Serve();
        Assert.Contains("another server", Assert.Throws<StorageException>(() => Serve()).Message, StringComparison.Ordinal);
        await OpenBeside().Database.PingAsync(Cancellation);

        await CloseAsync(first);
        Serve();
    }
}
