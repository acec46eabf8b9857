using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Extensions;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests;

/// <summary>Two nodes on one database: who compares a version and changes a thing has nobody between.</summary>
public sealed class TurnTests(PostgresServer postgres) : StorageTests(postgres)
{
    private const string Number = "100";
    private static readonly TenantId Tenant = TenantId.Default;

    [Fact]
    public async Task Of_those_who_saw_the_same_version_one_gets_through_at_any_node()
    {
        TandemStorage[] nodes = [OpenBeside(), OpenBeside()];
        await nodes[0].Extensions.AddAsync(Tenant, Number, new Secret("s"), "v0", cancellation: Cancellation);
        for (var round = 0; round < 10; round++)
        {
            var seen = $"v{round}";
            var passed = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => ChangeAsync(nodes[i % 2], seen, $"v{round + 1}"), Cancellation)));
            Assert.Single(passed, isThrough => isThrough);
        }

        nodes[1].Directory.Refresh();
        Assert.Equal("v10", nodes[1].Directory.Find(Tenant, Number)!.DisplayName);
    }

    [Fact]
    public async Task Other_things_do_not_wait()
    {
        TandemStorage[] nodes = [OpenBeside(), OpenBeside()];
        await using var one = await nodes[0].TakeTurnAsync("a", Cancellation);
        await using (await nodes[1].TakeTurnAsync("b", Cancellation))
        {
            var same = nodes[1].TakeTurnAsync("a", Cancellation).AsTask();
            Assert.False(same.IsCompleted);
            await one!.DisposeAsync();
            await (await same)!.DisposeAsync();
        }
    }

    [Fact]
    public async Task Many_who_wait_leave_connections_for_those_who_change()
    {
        var node = OpenBeside();
        await node.Extensions.AddAsync(Tenant, Number, new Secret("s"), "v", cancellation: Cancellation);
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            await using var turn = await node.TakeTurnAsync($"thing {i}", Cancellation);
            return await node.Extensions.ChangeAsync(Tenant, Number, new ExtensionChange($"n{i}"), Cancellation);
        }, Cancellation)));
        Assert.All(all, Assert.True);
    }

    private static async Task<bool> ChangeAsync(TandemStorage node, string seen, string next)
    {
        await using var turn = await node.TakeTurnAsync($"{Tenant.Value} {Number}", Cancellation);
        if (node.Directory.Find(Tenant, Number)!.DisplayName != seen)
            return false;

        await node.Extensions.ChangeAsync(Tenant, Number, new ExtensionChange(next), Cancellation);
        return true;
    }
}
