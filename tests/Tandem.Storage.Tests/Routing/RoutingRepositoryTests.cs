using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Routing;

public sealed class RoutingRepositoryOnSqliteTests() : RoutingRepositoryTests(null);

public sealed class RoutingRepositoryOnPostgresTests(PostgresServer postgres) : RoutingRepositoryTests(postgres);

public abstract class RoutingRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static RoutingDocument Document(string to) =>
        new RoutingDocument { Rules = [new RuleBody { Id = "day", Numbers = ["500"], Actions = [new ActionBody { To = to, RingSeconds = 12 }] }] }.Normalized();

    // Who saves names the version that he has read: of two only the first one wins.
    [Fact]
    public async Task A_document_replaces_only_the_one_that_was_read()
    {
        var routing = Serve().Routing;
        Assert.Equal(0, (await routing.DocumentAsync(TenantId.Default, Cancellation)).Version);
        var first = await routing.SaveAsync(TenantId.Default, Document("extension:101"), 0, Cancellation);
        Assert.NotNull(first);
        Assert.Null(await routing.SaveAsync(TenantId.Default, Document("extension:102"), 0, Cancellation));
        var second = await routing.SaveAsync(TenantId.Default, Document("extension:103"), first.Value, Cancellation);
        Assert.True(second > first);
        Assert.Null(await routing.SaveAsync(TenantId.Default, Document("extension:104"), first.Value, Cancellation));

        var (document, version) = await routing.DocumentAsync(TenantId.Default, Cancellation);
        Assert.Equal(second, version);
        var action = Assert.Single(Assert.Single(document.Rules).Actions);
        Assert.Equal(("extension:103", (int?)12), (action.To, action.RingSeconds));
        Assert.Equal(0, (await routing.DocumentAsync(new TenantId("other"), Cancellation)).Version);
    }

    [Fact]
    public async Task Features_come_back_by_number_and_empty_ones_are_gone()
    {
        var storage = Serve();
        await storage.Tenants.AddAsync(new Tenant(new TenantId("other"), "Other"), Cancellation);
        var routing = storage.Routing;
        var features = new ExtensionFeatures
        {
            ForwardBusy = "voicemail:100",
            DoNotDisturb = true,
            FollowMe = [new FollowMeBody { To = "102", RingSeconds = 15 }],
            AllowedDestinations = ["_1XX"],
            CallWaiting = false,
        };
        await routing.SetFeaturesAsync(TenantId.Default, "100", features, Cancellation);
        await routing.SetFeaturesAsync(TenantId.Default, "101", new ExtensionFeatures { MaxCalls = 2 }, Cancellation);
        await routing.SetFeaturesAsync(new TenantId("other"), "100", new ExtensionFeatures { MaxCalls = 9 }, Cancellation);

        var found = await routing.FeaturesAsync(TenantId.Default, Cancellation);
        Assert.Equal(["100", "101"], found.Keys.Order());
        Assert.Equal(("voicemail:100", true, false, "102", "_1XX"), (found["100"].ForwardBusy, found["100"].DoNotDisturb, found["100"].CallWaiting, found["100"].FollowMe[0].To, found["100"].AllowedDestinations![0]));
        Assert.Equal(2, found["101"].MaxCalls);

        await routing.SetFeaturesAsync(TenantId.Default, "100", null, Cancellation);
        await routing.SetFeaturesAsync(TenantId.Default, "101", new ExtensionFeatures(), Cancellation);
        Assert.Empty(await routing.FeaturesAsync(TenantId.Default, Cancellation));
        Assert.Equal(9, Assert.Single(await routing.FeaturesAsync(new TenantId("other"), Cancellation)).Value.MaxCalls);
    }
}
