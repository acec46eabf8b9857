using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Toll;

public sealed class TenantSpendOnSqliteTests() : TenantSpendTests(null);

public sealed class TenantSpendOnPostgresTests(PostgresServer postgres) : TenantSpendTests(postgres);

/// <summary>What the operator lets a tenant spend bounds what its own rules may say.</summary>
public abstract class TenantSpendTests(PostgresServer? postgres) : StorageTests(postgres)
{
    [Theory]
    [InlineData(0, null, null)]
    [InlineData(0, 7.5, 7.5)]
    [InlineData(12.5, null, 12.5)]
    [InlineData(12.5, 100.0, 12.5)]
    [InlineData(12.5, 7.5, 7.5)]
    [InlineData(12.5, 12.5, 12.5)]
    public async Task The_narrower_one_holds(double limit, double? rule, double? expected)
    {
        var storage = Serve();
        var tenant = (await storage.Tenants.FindAsync(TenantId.Default, Cancellation))!;
        await storage.Tenants.ChangeAsync(tenant with { Limits = tenant.Limits with { Calls = 3, SpendPerDay = (decimal)limit } }, cancellation: Cancellation);
        await storage.Toll.SetRulesAsync(TenantId.Default, "", TollRules.Default with { MaxSpendPerDay = (decimal?)rule }, Cancellation);

        Assert.Equal((decimal)limit, (await storage.Tenants.FindAsync(TenantId.Default, Cancellation))!.Limits.SpendPerDay);
        Assert.Equal((decimal?)expected, storage.TollPolicies.Of(TenantId.Default).MaxSpendPerDay);
        Assert.Equal((decimal?)rule, (await storage.Toll.RulesAsync(TenantId.Default, "", Cancellation))!.MaxSpendPerDay);
    }
}
