using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;
using Tandem.Storage.Ivr;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Ivr;

public sealed class IvrDirectoryOnSqliteTests() : IvrDirectoryTests(null);

public sealed class IvrDirectoryOnPostgresTests(PostgresServer postgres) : IvrDirectoryTests(postgres);

public abstract class IvrDirectoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private const string TwoSteps = """{"name":"Main","steps":{"a":{"do":"play","prompt":"goodbye","next":"b"},"b":{"do":"hangup"}}}""";

    // A flow that was kept under the limits of the installation is there after a start under them, and one that is not is told of.
    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public async Task A_start_reads_flows_with_the_limits_of_the_installation(int steps, bool isThere)
    {
        var storage = Serve();
        Assert.True(await storage.Ivr.SaveAsync(TenantId.Default, "main", "Main", TwoSteps, "", 10, Cancellation));
        Assert.NotNull(storage.IvrDirectory.Find(TenantId.Default, "main"));
        await CloseAsync(storage);

        var told = new List<string>();
        var again = Serve(flows: new FlowReading(IvrOptions.Default with { MaxFlowSteps = steps, PatternTimeout = TimeSpan.FromMilliseconds(7) }, told.Add));
        Assert.Equal(isThere, again.IvrDirectory.Find(TenantId.Default, "main") is not null);
        if (isThere)
            Assert.Empty(told);
        else
            Assert.StartsWith("The flow main of default cannot be read: steps: ", Assert.Single(told), StringComparison.Ordinal);
    }
}
