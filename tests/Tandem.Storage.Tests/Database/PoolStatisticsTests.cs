using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Database;

public sealed class PoolStatisticsOnSqliteTests() : PoolStatisticsTests(null);

public sealed class PoolStatisticsOnPostgresTests(PostgresServer postgres) : PoolStatisticsTests(postgres);

public abstract class PoolStatisticsTests(PostgresServer? postgres) : StorageTests(postgres)
{
    [Fact]
    public async Task Connections_count_from_being_taken_to_being_given_back()
    {
        var database = OpenBeside().Database;
        var before = database.Pool;
        Assert.Equal(0, before.InUse);
        Assert.Equal(IsPostgres ? Options.MaximumConnections : 0, before.Limit);
        using (database.Connect())
        {
            await using var second = await database.ConnectAsync(Cancellation);
            Assert.Equal(2, database.Pool.InUse);
            second.Close();
            Assert.Equal(1, database.Pool.InUse);
        }

        Assert.Equal(before with { Borrowed = before.Borrowed + 2 }, database.Pool);
    }
}
