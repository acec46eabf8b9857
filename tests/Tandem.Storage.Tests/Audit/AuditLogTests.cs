using System.Data.Common;
using Tandem.Calls.Tenants;
using Tandem.Storage.Audit;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Audit;

public sealed class AuditLogOnSqliteTests() : AuditLogTests(null);

public sealed class AuditLogOnPostgresTests(PostgresServer postgres) : AuditLogTests(postgres);

public abstract class AuditLogTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly AuditFilter Everything = new(null, null, null, null, null, null, 100);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Entries_are_read_newest_first_and_by_pages()
    {
        var storage = Serve();
        for (var i = 0; i < 5; i++)
            await storage.Audit.WriteNowAsync(Entry("ann", "thing.change", $"{i}"), Cancellation);

        var seen = new List<string>();
        (DateTimeOffset, string)? after = null;
        while (await storage.Audit.ListAsync(TenantId.Default, Everything with { Limit = 2, After = after }, Cancellation) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(entry => entry.Id));
            after = (page[^1].At, page[^1].Id);
        }

        var all = (await storage.Audit.ListAsync(TenantId.Default, Everything, Cancellation)).ToList();
        Assert.Equal(5, all.Count);
        Assert.Equal(all.Select(entry => entry.Id), seen);
        Assert.Equal(all.OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id, StringComparer.Ordinal).Select(entry => entry.Id), seen);
    }

    [Fact]
    public async Task What_a_server_writes_is_there_after_a_flush_and_belongs_to_one_tenant()
    {
        var storage = Serve();
        var entry = new AuditEntry(TenantId.Default, "session", "ann", "ann", "192.0.2.1", "extension.create", "100", "enabled True\0\ud800");
        storage.Audit.Write(entry);
        await storage.Writer.FlushAsync(Cancellation);

        var read = Assert.Single(await storage.Audit.ListAsync(TenantId.Default, Everything, Cancellation));
        Assert.Equal(entry with { Id = read.Id, At = read.At, Detail = "enabled True\ufffd\ufffd" }, read);
        Assert.Empty(await storage.Audit.ListAsync(new TenantId("other"), Everything, Cancellation));
    }

    [Theory]
    [InlineData("ann", null, null, 2)]
    [InlineData(null, "extension.create", null, 2)]
    [InlineData(null, "extension.", null, 3)]
    [InlineData(null, "extension", null, 0)]
    [InlineData(null, null, "101", 1)]
    [InlineData("bob", "extension.", "100", 1)]
    [InlineData("' OR '1'='1", null, null, 0)]
    public async Task Filters_choose(string? actor, string? action, string? target, int count)
    {
        var storage = Serve();
        await storage.Audit.WriteNowAsync(Entry("ann", "extension.create", "100"), Cancellation);
        await storage.Audit.WriteNowAsync(Entry("ann", "extension.create", "101"), Cancellation);
        await storage.Audit.WriteNowAsync(Entry("bob", "extension.remove", "100"), Cancellation);
        await storage.Audit.WriteNowAsync(Entry("bob", "extensions.other", "102"), Cancellation);

        Assert.Equal(count, (await storage.Audit.ListAsync(TenantId.Default, Everything with { Actor = actor, Action = action, Target = target }, Cancellation)).Count);
    }

    [Fact]
    public async Task Times_bound_from_and_not_including_to()
    {
        var storage = OpenBeside(_time);
        for (var i = 0; i < 3; i++)
        {
            await storage.Audit.WriteNowAsync(Entry("ann", "a.b", $"{i}"), Cancellation);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var found = await storage.Audit.ListAsync(TenantId.Default, Everything with { From = Sample.Start.AddSeconds(1), To = Sample.Start.AddSeconds(2) }, Cancellation);
        Assert.Equal(["1"], found.Select(entry => entry.Target));
    }

    [Theory]
    [InlineData("UPDATE audit_log SET actor = 'nobody'")]
    [InlineData("DELETE FROM audit_log")]
    public async Task The_database_itself_refuses_to_change_an_entry(string sql)
    {
        var storage = OpenBeside();
        await storage.Audit.WriteNowAsync(Entry("ann", "a.b", ""), Cancellation);

        var refused = Assert.ThrowsAny<DbException>(() => Execute(storage, sql));
        Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
        Assert.Equal("ann", Scalar<string>(storage, "SELECT actor FROM audit_log"));
    }

    [Fact]
    public async Task Nor_can_it_be_emptied()
    {
        var storage = OpenBeside();
        await storage.Audit.WriteNowAsync(Entry("ann", "a.b", ""), Cancellation);
        Assert.ThrowsAny<DbException>(() => Execute(storage, "TRUNCATE audit_log"));
        Assert.Equal(1, Count(storage, "audit_log"));
    }

    private static AuditEntry Entry(string actor, string action, string target) => new(TenantId.Default, "session", actor, actor, "192.0.2.1", action, target, "");
}
