using Tandem.Calls.Tenants;
using Tandem.Storage.Journal;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Journal;

public sealed class CdrRepositoryOnSqliteTests() : CdrRepositoryTests(null);

public sealed class CdrRepositoryOnPostgresTests(PostgresServer postgres) : CdrRepositoryTests(postgres);

public abstract class CdrRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Tenant = TenantId.Default;

    [Theory]
    [InlineData(1000, 0, 3, new[] { 0, 1, 2 })]
    [InlineData(1000, 8, 50, new[] { 8, 9 })]
    [InlineData(1000, 10, 50, new int[0])]
    [InlineData(4, 0, 50, new[] { 6, 7, 8, 9 })]
    [InlineData(4, 1, 2, new[] { 7, 8 })]
    public async Task History_is_a_page_of_the_newest_oldest_first(int window, int offset, int limit, int[] expected)
    {
        var storage = await WithCallsAsync(10);
        var page = await storage.Cdrs.HistoryAsync(Tenant, window, offset, limit, Cancellation);
        Assert.Equal(expected.Select(Sample.Id), page.Select(record => record.Id));
    }

    [Fact]
    public async Task Calls_of_a_number_are_found_on_both_sides_newest_first()
    {
        var storage = Serve();
        storage.Journal.Closed(Sample.Ended(1, "100", "101"));
        storage.Journal.Closed(Sample.Ended(2, "101", "102"));
        storage.Journal.Closed(Sample.Ended(3, "102", "100"));
        storage.Journal.Closed(Sample.Ended(4, "101", "101"));
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal([Sample.Id(4), Sample.Id(2), Sample.Id(1)], (await storage.Cdrs.ByNumberAsync(Tenant, "101", 10, cancellation: Cancellation)).Select(r => r.Id));
        Assert.Equal([Sample.Id(4)], (await storage.Cdrs.ByNumberAsync(Tenant, "101", 1, cancellation: Cancellation)).Select(r => r.Id));
        Assert.Equal([Sample.Id(1)], (await storage.Cdrs.ByNumberAsync(Tenant, "101", 10, Sample.Ended(2).EndedAt, Cancellation)).Select(r => r.Id));
        Assert.Empty(await storage.Cdrs.ByNumberAsync(new TenantId("other"), "101", 10, cancellation: Cancellation));
    }

    [Fact]
    public async Task Totals_follow_the_records_and_clearing_empties_both()
    {
        var storage = await WithCallsAsync(3);
        storage.Journal.Closed(Sample.Ended(50, answered: false));
        await storage.Writer.FlushAsync(Cancellation);

        var totals = await storage.Cdrs.TotalsAsync(Tenant, Cancellation);
        Assert.Equal(new CallTotals(4, 3, TimeSpan.FromSeconds(30)), totals);
        Assert.Equal(TimeSpan.FromSeconds(10), totals.AverageDuration);

        Assert.Equal(4, await storage.Cdrs.ClearAsync(Tenant, Cancellation));
        Assert.Equal(new CallTotals(0, 0, TimeSpan.Zero), await storage.Cdrs.TotalsAsync(Tenant, Cancellation));
        Assert.Empty(await storage.Cdrs.HistoryAsync(Tenant, 1000, 0, 50, Cancellation));
    }

    private async Task<TandemStorage> WithCallsAsync(int count)
    {
        var storage = Serve();
        for (var i = 0; i < count; i++)
            storage.Journal.Closed(Sample.Ended(i));
        await storage.Writer.FlushAsync(Cancellation);
        return storage;
    }
}
