using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Extensions;

public sealed class ExtensionDirectoryOnSqliteTests() : ExtensionDirectoryTests(null);

public sealed class ExtensionDirectoryOnPostgresTests(PostgresServer postgres) : ExtensionDirectoryTests(postgres);

public abstract class ExtensionDirectoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Tenant = TenantId.Default;

    [Fact]
    public async Task Changes_of_this_process_are_seen_at_once()
    {
        var storage = Serve(new ManualTime());
        await storage.Extensions.AddAsync(Tenant, "200", new Secret("s1"), cancellation: Cancellation);
        Assert.Equal("s1", storage.Directory.Find(Tenant, "200")!.Secret.Reveal());

        await storage.Extensions.SetEnabledAsync(Tenant, "200", false, Cancellation);
        Assert.False(storage.Directory.Find(Tenant, "200")!.Enabled);

        await storage.Extensions.RemoveAsync(Tenant, "200", Cancellation);
        Assert.Null(storage.Directory.Find(Tenant, "200"));
        Assert.Null(storage.Directory.Find(new TenantId("other"), "200"));
    }

    [Fact]
    public async Task Changes_of_another_process_are_seen_within_a_second()
    {
        var time = new ManualTime();
        var storage = Serve(time);
        await using var beside = OpenBeside(time);
        await beside.Extensions.EnsureRangeAsync(Tenant, 100, 102, cancellation: Cancellation);
        Assert.Null(storage.Directory.Find(Tenant, "100"));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, storage.Directory.Count);

        await beside.Extensions.RemoveAsync(Tenant, "100", Cancellation);
        await beside.Extensions.ResetSecretAsync(Tenant, "101", new Secret("new"), Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(storage.Directory.Find(Tenant, "100"));
        Assert.Equal("new", storage.Directory.Find(Tenant, "101")!.Secret.Reveal());
        Assert.Equal(["101", "102"], storage.Directory.All(Tenant).Select(e => e.Number).Order());
    }

    [Fact]
    public async Task A_phone_that_may_no_longer_be_registered_is_revoked_and_nothing_else_is()
    {
        var storage = Serve(new ManualTime());
        var revoked = new List<string>();
        storage.Directory.Revoked = (tenant, number) => revoked.Add($"{tenant.Value}/{number}");
        await storage.Extensions.EnsureRangeAsync(Tenant, 100, 102, cancellation: Cancellation);
        await storage.Extensions.SetAlgorithmsAsync(Tenant, "100", "SHA-256", Cancellation);
        await storage.Extensions.SetEnabledAsync(Tenant, "100", true, Cancellation);
        Assert.Empty(revoked);

        await storage.Extensions.ResetSecretAsync(Tenant, "100", cancellation: Cancellation);
        await storage.Extensions.SetEnabledAsync(Tenant, "101", false, Cancellation);
        await storage.Extensions.RemoveAsync(Tenant, "102", Cancellation);
        Assert.Equal(["default/100", "default/101", "default/102"], revoked);
    }

    [Fact]
    public async Task A_restored_older_database_is_read_again()
    {
        var time = new ManualTime();
        var storage = Serve(time);
        await storage.Extensions.EnsureRangeAsync(Tenant, 100, 102, cancellation: Cancellation);
        await storage.Extensions.RemoveAsync(Tenant, "100", Cancellation);
        Execute(storage, "DELETE FROM extensions WHERE number = '100'");
        Execute(storage, "UPDATE change_versions SET version = 1");

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["101", "102"], storage.Directory.All(Tenant).Select(e => e.Number).Order());
        Assert.Equal(0, storage.Directory.Failures);
    }

    [Fact]
    public async Task While_the_database_is_away_it_answers_from_memory()
    {
        var time = new ManualTime();
        var storage = Serve(time);
        await storage.Extensions.EnsureRangeAsync(Tenant, 100, 100, cancellation: Cancellation);
        Execute(storage, "ALTER TABLE change_versions RENAME TO gone");

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotNull(storage.Directory.Find(Tenant, "100"));
        Assert.InRange(storage.Directory.Failures, 1, 2);
    }
}
