using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Storage.Audit;
using Tandem.Storage.Routing;
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

    private static readonly AuditFilter Newest = new(null, null, null, null, null, null, 10);
    private static readonly AuditEntry Entry = new(TenantId.Default, "command", "root", "", "", "routing.apply", "", "");

    [Fact]
    public async Task A_configuration_is_saved_as_a_whole_with_its_entry_in_the_audit_log()
    {
        var storage = Serve();
        await storage.Extensions.EnsureRangeAsync(TenantId.Default, 100, 103, cancellation: Cancellation);
        await storage.Routing.SetFeaturesAsync(TenantId.Default, "100", Calls(7), Cancellation);
        var read = await storage.Routing.ConfigurationAsync(TenantId.Default, Cancellation);
        Assert.Equal(RoutingSave.Done, await storage.Routing.ApplyAsync(TenantId.Default, read, Document("extension:101"), Features(("101", 1), ("102", 2)), Entry, Cancellation));

        var after = await storage.Routing.ConfigurationAsync(TenantId.Default, Cancellation);
        Assert.Equal("extension:101", Assert.Single(after.Document.Rules).Actions[0].To);
        Assert.Equal([("100", 7), ("101", 1), ("102", 2)], after.Features.Select(one => (one.Key, one.Value.MaxCalls)).Order());
        Assert.Equal("routing.apply", Assert.Single(await storage.Audit.ListAsync(TenantId.Default, Newest, Cancellation)).Action);
        Assert.Equal(2, storage.RoutingDirectory.FeaturesOf(TenantId.Default, "102")!.MaxCalls);
    }

    [Fact]
    public async Task What_breaks_off_in_the_middle_leaves_everything_as_it_was()
    {
        var storage = Serve();
        await storage.Extensions.EnsureRangeAsync(TenantId.Default, 100, 103, cancellation: Cancellation);
        await storage.Routing.SaveAsync(TenantId.Default, Document("extension:100"), 0, Cancellation);
        var read = await storage.Routing.ConfigurationAsync(TenantId.Default, Cancellation);
        Execute(storage, IsPostgres
            ? "ALTER TABLE extension_features ADD CONSTRAINT no_more CHECK (number <> '102')"
            : "CREATE TRIGGER no_more BEFORE INSERT ON extension_features WHEN NEW.number = '102' BEGIN SELECT RAISE(ABORT, 'no more'); END");

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            storage.Routing.ApplyAsync(TenantId.Default, read, Document("extension:101"), Features(("101", 1), ("102", 2), ("103", 3)), Entry, Cancellation));
        var after = await storage.Routing.ConfigurationAsync(TenantId.Default, Cancellation);
        Assert.Equal(("extension:100", read.Version, 0, 0L), (after.Document.Rules[0].Actions[0].To, after.Version, after.Features.Count, after.FeaturesVersion));
        Assert.Empty(await storage.Audit.ListAsync(TenantId.Default, Newest, Cancellation));

        Execute(storage, IsPostgres ? "ALTER TABLE extension_features DROP CONSTRAINT no_more" : "DROP TRIGGER no_more");
        Assert.Equal(RoutingSave.Done, await storage.Routing.ApplyAsync(TenantId.Default, after, Document("extension:101"), Features(("102", 2)), Entry, Cancellation));
    }

    [Fact]
    public async Task A_configuration_replaces_only_what_was_read()
    {
        var storage = Serve();
        await storage.Extensions.EnsureRangeAsync(TenantId.Default, 100, 103, cancellation: Cancellation);
        var read = await storage.Routing.ConfigurationAsync(TenantId.Default, Cancellation);
        await storage.Routing.SetFeaturesAsync(TenantId.Default, "103", Calls(9), Cancellation);
        Assert.Equal(RoutingSave.Stale, await ApplyAsync("101"));

        read = await storage.Routing.ConfigurationAsync(TenantId.Default, Cancellation);
        await storage.Routing.SaveAsync(TenantId.Default, Document("extension:100"), 0, Cancellation);
        Assert.Equal(RoutingSave.Stale, await ApplyAsync("101"));

        read = await storage.Routing.ConfigurationAsync(TenantId.Default, Cancellation);
        await storage.Extensions.RemoveAsync(TenantId.Default, "101", Cancellation);
        Assert.Equal(RoutingSave.UnknownExtension, await ApplyAsync("101"));
        Assert.Equal(RoutingSave.Done, await ApplyAsync("102"));

        Task<RoutingSave> ApplyAsync(string number) => storage.Routing.ApplyAsync(TenantId.Default, read, Document("extension:102"), Features((number, 1)), Entry, Cancellation);
    }

    private static ExtensionFeatures Calls(int most) => new() { MaxCalls = most };

    private static Dictionary<string, ExtensionFeatures> Features(params (string Number, int Most)[] set) => set.ToDictionary(one => one.Number, one => Calls(one.Most));

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
