using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Tenants;
using Tandem.Storage.Tests.Harness;

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
