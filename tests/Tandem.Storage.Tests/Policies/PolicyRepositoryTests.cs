using Dapper;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Recording;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Policies;

public sealed class PolicyRepositoryOnSqliteTests() : PolicyRepositoryTests(null);

public sealed class PolicyRepositoryOnPostgresTests(PostgresServer postgres) : PolicyRepositoryTests(postgres);

public abstract class PolicyRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Acme = new("acme");

    [Fact]
    public async Task A_room_is_stored_sealed_and_found_in_memory_until_it_is_removed()
    {
        var storage = Serve();
        var room = new RoomDefinition
        {
            Name = "800",
            Title = "Sales",
            Pins = new Dictionary<RoomRole, Secret> { [RoomRole.Moderator] = new("471147") },
            Open = null,
            MaxMembers = 20,
            WaitsForModerator = true,
            EndsWithModerator = true,
            MutesOnEntry = true,
            HasTones = false,
            Greeting = "welcome",
            IsRecorded = true,
        };
        await storage.Policies.SaveAsync(TenantId.Default, room, Cancellation);
        IRoomDirectory kept = storage.PolicyDirectory;
        foreach (var found in new[] { kept.Find(TenantId.Default, "800")!, Assert.Single(await storage.Policies.RoomsAsync(TenantId.Default, Cancellation)) })
        {
            Assert.Equal(room with { Pins = found.Pins }, found);
            Assert.Equal([(RoomRole.Moderator, "471147")], found.Pins.Select(pin => (pin.Key, pin.Value.Reveal())));
        }

        using (var connection = storage.Database.Connect())
            Assert.DoesNotContain("471147", connection.ExecuteScalar<string>("SELECT body FROM policies WHERE target = '800'")!, StringComparison.Ordinal);
        Assert.Null(kept.Find(Acme, "800"));
        Assert.True(await storage.Policies.RemoveRoomAsync(TenantId.Default, "800", Cancellation));
        Assert.False(await storage.Policies.RemoveRoomAsync(TenantId.Default, "800", Cancellation));
        Assert.Null(kept.Find(TenantId.Default, "800"));
    }

    [Fact]
    public async Task Rules_belong_to_a_tenant_and_go_with_it()
    {
        var storage = Serve();
        await storage.Tenants.AddAsync(new Tenant(Acme, "Acme"), Cancellation);
        IRecordingRules rules = storage.PolicyDirectory;
        var always = new RecordingRule { Mode = RecordingMode.Percent, Percent = 40, Announcement = "recorded" };
        await storage.Policies.SaveAsync(Acme, "extension:100", always, Cancellation);
        await storage.Policies.SaveAsync(Acme, new MonitorRules { Supervisors = ["109"], Pin = new Secret("4712"), TellsAgent = true }, Cancellation);
        Assert.Equal((true, false), (rules.HasAny(Acme), rules.HasAny(TenantId.Default)));
        Assert.Equal(always, rules.Find(Acme, "extension:100"));
        var monitor = storage.PolicyDirectory.Of(Acme);
        Assert.Equal(("109", "4712", true), (Assert.Single(monitor.Supervisors), monitor.Pin!.Reveal(), monitor.TellsAgent));
        Assert.Same(MonitorRules.Default, storage.PolicyDirectory.Of(TenantId.Default));

        await storage.Tenants.RemoveAsync(Acme, Cancellation);
        Assert.False(rules.HasAny(Acme));
        Assert.Same(MonitorRules.Default, storage.PolicyDirectory.Of(Acme));
        Assert.Empty(await storage.Policies.RecordingRulesAsync(Acme, Cancellation));
    }

    [Fact]
    public void A_link_opens_one_recording_until_it_expires_and_nothing_else()
    {
        var links = Serve().RecordingLinks;
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var link = links.Make(Acme, "01RECORDING", now.AddMinutes(1));
        Assert.Equal((Acme, "01RECORDING"), links.Read(link, now));
        Assert.Null(links.Read(link, now.AddMinutes(1)));
        Assert.Null(links.Read(link.Replace("01RECORDING", "02RECORDING", StringComparison.Ordinal), now));
        Assert.Null(links.Read(link.Replace("acme", "other", StringComparison.Ordinal), now));
        Assert.Null(links.Read(link[..^4] + "AAAA", now));
        foreach (var nonsense in new[] { "", ".", "a.b", "a.b.c", "a.b.c.d", new string('x', 1_000) })
            Assert.Null(links.Read(nonsense, now));
    }

    [Fact]
    public async Task There_are_so_many_rooms_and_so_many_rules_and_one_that_is_removed_makes_room()
    {
        Options = Options with { MaxPolicies = 2 };
        var storage = Serve();
        foreach (var name in new[] { "801", "802" })
            Assert.True(await storage.Policies.SaveAsync(TenantId.Default, new RoomDefinition { Name = name }, Cancellation));
        Assert.False(await storage.Policies.SaveAsync(TenantId.Default, new RoomDefinition { Name = "803" }, Cancellation));
        Assert.True(await storage.Policies.SaveAsync(TenantId.Default, new RoomDefinition { Name = "802", Title = "Sales" }, Cancellation));
        Assert.True(await storage.Policies.SaveAsync(TenantId.Default, "tenant", RecordingRule.Everything, Cancellation));

        Assert.True(await storage.Policies.RemoveRoomAsync(TenantId.Default, "801", Cancellation));
        Assert.False(await storage.Policies.RemoveRoomAsync(TenantId.Default, "801", Cancellation));
        Assert.True(await storage.Policies.SaveAsync(TenantId.Default, new RoomDefinition { Name = "803" }, Cancellation));
        Assert.Null(await storage.Policies.RoomAsync(TenantId.Default, "801", Cancellation));
        Assert.Equal("Sales", (await storage.Policies.RoomAsync(TenantId.Default, "802", Cancellation))!.Title);
    }
}
