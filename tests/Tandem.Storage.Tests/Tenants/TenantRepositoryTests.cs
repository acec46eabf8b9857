using Dapper;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Privacy;
using Tandem.Storage.Tenants;
using Tandem.Storage.Tests.Harness;
using Tandem.Storage.Toll;

namespace Tandem.Storage.Tests.Tenants;

public sealed class TenantRepositoryOnSqliteTests() : TenantRepositoryTests(null);

public sealed class TenantRepositoryOnPostgresTests(PostgresServer postgres) : TenantRepositoryTests(postgres);

public abstract class TenantRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Acme = new("acme");

    [Fact]
    public async Task A_tenant_is_stored_with_all_its_fields_and_found_in_memory()
    {
        var storage = Serve();
        var acme = new Tenant(Acme, "Acme Ltd")
        {
            Domain = "pbx.acme.example",
            Enabled = false,
            TimeZone = "Europe/Berlin",
            Language = "de",
            Limits = new TenantLimits(10, 2, 30, 5L << 40),
        };
        Assert.Equal(TenantSave.Done, await storage.Tenants.AddAsync(acme, Cancellation));

        var stored = await storage.Tenants.FindAsync(Acme, Cancellation);
        Assert.Equal(acme with { CreatedAt = stored!.CreatedAt, Version = stored.Version }, stored);
        Assert.Equal(stored, storage.TenantDirectory.Find(Acme));
        Assert.Equal(stored, storage.TenantDirectory.FindByDomain("PBX.acme.example"));
        Assert.Null(storage.TenantDirectory.FindByDomain("acme.example"));
        Assert.Equal(["acme", "default"], storage.TenantDirectory.All.Select(t => t.Id.Value));
        Assert.Equal(["acme", "default"], (await storage.Tenants.ListAsync(Cancellation)).Select(t => t.Id.Value));
    }

    [Fact]
    public async Task Ids_and_domains_belong_to_one_tenant()
    {
        var tenants = Serve().Tenants;
        await tenants.AddAsync(new Tenant(Acme, "Acme") { Domain = "acme.example" }, Cancellation);
        Assert.Equal(TenantSave.IdTaken, await tenants.AddAsync(new Tenant(Acme, "Acme"), Cancellation));
        Assert.Equal(TenantSave.DomainTaken, await tenants.AddAsync(new Tenant(new TenantId("b"), "B") { Domain = "acme.example" }, Cancellation));
        Assert.Equal(TenantSave.Unknown, await tenants.ChangeAsync(new Tenant(new TenantId("b"), "B"), null, Cancellation));

        var acme = (await tenants.FindAsync(Acme, Cancellation))!;
        Assert.Equal(TenantSave.Done, await tenants.ChangeAsync(acme with { Domain = null }, acme.Version, Cancellation));
        Assert.Equal(TenantSave.Stale, await tenants.ChangeAsync(acme, acme.Version, Cancellation));
        Assert.Equal(TenantSave.Done, await tenants.AddAsync(new Tenant(new TenantId("b"), "B") { Domain = "acme.example" }, Cancellation));
    }

    [Fact]
    public async Task A_removed_tenant_takes_what_it_had_with_it_and_its_id_is_not_given_again()
    {
        var storage = Serve();
        await storage.Tenants.AddAsync(new Tenant(Acme, "Acme") { Domain = "acme.example" }, Cancellation);
        await storage.Extensions.AddAsync(Acme, "100", cancellation: Cancellation);
        await storage.Users.AddAsync(Acme, "ann", "", Role.Agent, new Secret("long enough"), Cancellation);
        var (_, text) = await storage.Tokens.CreateAsync(Acme, "robot", cancellation: Cancellation);
        storage.Audit.Write(new Tandem.Storage.Audit.AuditEntry(Acme, "command", "ann", "", "", "x.y", "", ""));
        await storage.Writer.FlushAsync(Cancellation);
        Assert.NotNull(storage.Directory.Find(Acme, "100"));
        var revoked = new List<string>();
        storage.Directory.Revoked = (_, number) => revoked.Add(number);

        Assert.Equal(TenantSave.Done, await storage.Tenants.RemoveAsync(Acme, Cancellation));

        Assert.Null(storage.TenantDirectory.Find(Acme));
        Assert.Null(storage.TenantDirectory.FindByDomain("acme.example"));
        Assert.Null(storage.Directory.Find(Acme, "100"));
        Assert.Equal(["100"], revoked);
        Assert.Null(await storage.Tokens.FindAsync(text.Reveal(), Cancellation));
        Assert.Empty(await storage.Users.ListAsync(Acme, Cancellation));
        Assert.Equal(1, Count(storage, "audit_log"));
        Assert.Equal(TenantSave.Unknown, await storage.Tenants.RemoveAsync(Acme, Cancellation));
        Assert.Equal(TenantSave.IdTaken, await storage.Tenants.AddAsync(new Tenant(Acme, "Acme"), Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => storage.Tenants.RemoveAsync(TenantId.Default, Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Webhooks_tolls_profiles_and_numbers_go_with_a_tenant_and_those_of_others_stay(bool byAnotherProcess)
    {
        var storage = Serve();
        await storage.Tenants.AddAsync(new Tenant(Acme, "Acme"), Cancellation);
        foreach (var tenant in new[] { Acme, TenantId.Default })
        {
            var hook = (await storage.Webhooks.AddAsync(tenant, "https://example.org/", "", ["*"], true, 10, Cancellation))!;
            await storage.WebhookQueue.AddAsync(hook, PublicEvents.Test(tenant, $"evt_{tenant.Value}", hook.Id, 1, Sample.Start), Sample.Start, Cancellation);
            Execute(storage, $"INSERT INTO outbox (event_id, tenant_id, event_type, call_id, body, created_at, sequence) VALUES ('waits-{tenant.Value}', '{tenant.Value}', 'x.y', '', '', 0, 1)");
            await storage.Toll.SetRulesAsync(tenant, "", TollRules.Default with { MaxConcurrent = 3 }, Cancellation);
            await storage.Toll.SetRulesAsync(tenant, "main", TollRules.Default with { MaxConcurrent = 2 }, Cancellation);
            await storage.Toll.SetPricesAsync(tenant, "", [new TollPriceRow("44", 0.5m, 60)], Cancellation);
            await storage.Toll.LiftAsync(tenant, at: null, Cancellation);
            storage.Toll.Save(tenant, TollState.Empty with { Spent = 1.5m });
            var profile = (await storage.Profiles.AddAsync(
                new SipProfile { Id = default, Tenant = tenant, Name = "carrier", Server = "sip.provider.test", Token = "", Password = new Secret("correct horse") }, 10, Cancellation))!;
            await storage.Profiles.SetNumberAsync(new ProfileNumber(tenant, "+4930123456", profile.Id, "100"), 10, Cancellation);
        }

        await storage.Writer.FlushAsync(Cancellation);
        var told = 0;
        storage.Webhooks.Changed = () => told++;
        var before = storage.Webhooks.ReadAll(-1)!.Value.Version;
        Assert.Equal(TenantSave.Done, await (byAnotherProcess ? OpenBeside() : storage).Tenants.RemoveAsync(Acme, Cancellation));
        if (byAnotherProcess)
        {
            storage.ProfileDirectory.Refresh();
            storage.TollPolicies.Refresh();
        }

        Assert.Equal(byAnotherProcess ? 0 : 1, told);
        Assert.Equal([TenantId.Default], storage.Webhooks.ReadAll(before)!.Value.Webhooks.Select(hook => hook.Tenant));
        foreach (var table in new[] { "webhooks", "webhook_deliveries", "outbox", "toll_prices", "toll_node_states", "toll_lifts" })
            Assert.Equal((table, 1), (table, Count(storage, table)));
        Assert.Equal(0, Scalar<long>(storage, "SELECT COUNT(*) FROM toll_rules WHERE tenant_id = 'acme' AND body <> ''"));
        Assert.Equal(0, Scalar<long>(storage, "SELECT COUNT(*) FROM sip_profiles WHERE tenant_id = 'acme' AND (deleted_at IS NULL OR secret <> '')"));
        Assert.Equal(0, Scalar<long>(storage, "SELECT COUNT(*) FROM sip_profile_numbers WHERE tenant_id = 'acme' AND deleted_at IS NULL"));

        // As the shards see it.
        Assert.Empty(storage.ProfileDirectory.Of(Acme));
        Assert.Single(storage.ProfileDirectory.Of(TenantId.Default));
        Assert.Same(TollRules.Default, storage.TollPolicies.Of(Acme));
        Assert.Null(storage.TollPolicies.Of(Acme, "main"));
        Assert.Null(storage.TollPolicies.PriceOf(Acme, "", "442079460000"));
        Assert.Equal((3, 2), (storage.TollPolicies.Of(TenantId.Default).MaxConcurrent, storage.TollPolicies.Of(TenantId.Default, "main")!.MaxConcurrent));
        Assert.Equal(0.5m, storage.TollPolicies.PriceOf(TenantId.Default, "", "442079460000")!.Value.PerMinute);
        Assert.Equal([Acme], await storage.Tenants.RemovedAsync(Cancellation));
    }

    // Somebody who adds a table says here what becomes of it: emptied, buried, or kept on purpose.
    [Fact]
    public void Every_table_of_a_tenant_is_thought_of()
    {
        string[] kept =
        [
            "audit_log", "bindings_of_flows", "call_totals", "calls_open", "cdr_attempts", "cdrs", "extension_features", "extensions", "gateway_calls", "gateway_sessions", "ivr_flows", "ivr_secrets", "policies", "recording_keys", "recordings", "routing_documents",
            "sip_profile_numbers", "sip_profiles", "tenants", "toll_price_lists", "toll_rules",
        ];
        var storage = Serve();
        using var connection = storage.Database.Connect();
        var tables = connection.Query<string>(IsPostgres
            ? "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'tenant_id'"
            : "SELECT m.name FROM sqlite_master AS m WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) AS c WHERE c.name = 'tenant_id')");
        Assert.Equal(tables.Order(StringComparer.Ordinal), kept.Intersect(tables).Concat(TenantRepository.Emptied).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_server_follows_what_another_process_changes()
    {
        var server = Serve();
        var beside = OpenBeside();
        var told = new List<TenantId>();
        server.TenantDirectory.Changed = told.Add;
        await beside.Tenants.AddAsync(new Tenant(Acme, "Acme"), Cancellation);
        server.TenantDirectory.Refresh();

        Assert.Equal("Acme", server.TenantDirectory.Find(Acme)!.DisplayName);
        Assert.Contains(Acme, told);
    }
}
