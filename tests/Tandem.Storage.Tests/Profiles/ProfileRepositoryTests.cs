using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Media.Srtp;
using Tandem.Sip.Engine;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Profiles;

public sealed class ProfileRepositoryOnSqliteTests() : ProfileRepositoryTests(null);

public sealed class ProfileRepositoryOnPostgresTests(PostgresServer postgres) : ProfileRepositoryTests(postgres);

public abstract class ProfileRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Tenant = TenantId.Default;

    [Fact]
    public async Task Everything_that_was_saved_is_in_memory_at_once()
    {
        var storage = Serve(new ManualTime());
        var changed = new List<ProfileId>();
        storage.ProfileDirectory.Changed = changed.Add;
        Assert.True(NetPrefix.TryParse("192.0.2.0/24", out var prefix));
        var saved = await storage.Profiles.AddAsync(
            Sample() with
            {
                Port = 5080,
                Transport = SipTransportKind.Tls,
                AuthenticationName = "auth",
                Realm = "realm",
                Domain = "domain.test",
                OutboundProxy = "proxy.test:5070",
                CallerId = "+4930123456",
                CallerName = "Ada",
                Codecs = "PCMA,PCMU",
                Srtp = SrtpPolicy.Required,
                ExpirySeconds = 600,
                FromUser = FromUserStyle.CallerId,
                Identity = IdentityStyle.None,
                Numbers = new NumberPlan("49", "0", "00", NumberFormat.National),
                ClientCertificate = "certificate in PEM",
                ClientKey = new Secret("key in PEM"),
                TrustedCertificates = "roots in PEM",
                InboundCertificate = InboundCertificate.Required,
                Registers = false,
                Prefixes = [prefix],
                HealthIntervalSeconds = 30,
                Priority = 2,
                Weight = 3,
                MaxCalls = 4,
                MaxCallsPerSecond = 5,
                Enabled = false,
            },
            10, Cancellation);

        var found = storage.ProfileDirectory.Find(saved!.Id)!;
        Assert.Equal("pass", found.Password.Reveal());
        Assert.Equal("key in PEM", found.ClientKey.Reveal());
        Assert.Equal([prefix], found.Prefixes);
        Assert.Equal(saved with { Password = found.Password, ClientKey = found.ClientKey, Prefixes = found.Prefixes }, found);
        Assert.Same(found, storage.ProfileDirectory.FindToken(found.Token));
        Assert.Equal([found], storage.ProfileDirectory.Of(Tenant));
        Assert.Empty(storage.ProfileDirectory.Of(new TenantId("other")));
        Assert.Equal([found.Id], changed);
        Assert.Empty(storage.ProfileDirectory.WithPrefixes()); // it is disabled

        await storage.Profiles.UpdateAsync(found with { Enabled = true, Password = new Secret("other") }, Cancellation);
        Assert.Equal("other", storage.ProfileDirectory.Find(found.Id)!.Password.Reveal());
        Assert.Single(storage.ProfileDirectory.WithPrefixes());

        Assert.True(await storage.Profiles.RemoveAsync(Tenant, found.Id, Cancellation));
        Assert.False(await storage.Profiles.RemoveAsync(Tenant, found.Id, Cancellation));
        Assert.Null(storage.ProfileDirectory.Find(found.Id));
        Assert.Null(storage.ProfileDirectory.FindToken(found.Token));
        Assert.Equal(3, changed.Count);
    }

    [Fact]
    public async Task The_password_is_sealed_and_bound_to_its_profile()
    {
        var storage = Serve(new ManualTime());
        var unreadable = new List<string>();
        storage.ProfileDirectory.Unreadable = unreadable.Add;
        var one = await storage.Profiles.AddAsync(Sample("one") with { Password = new Secret("correct horse") }, 10, Cancellation);
        var two = await storage.Profiles.AddAsync(Sample("two"), 10, Cancellation);
        using var connection = storage.Database.Connect();
        var stored = string.Join(' ', connection.Query<string>("SELECT secret || settings FROM sip_profiles"));
        Assert.DoesNotContain("horse", stored, StringComparison.Ordinal);

        // A sealed text that is copied to another row does not open; the other profiles stay usable.
        connection.Execute("UPDATE sip_profiles SET secret = (SELECT secret FROM sip_profiles WHERE profile_id = @from), version = 100 WHERE profile_id = @to", new { from = one!.Id.Value, to = two!.Id.Value });
        connection.Execute("UPDATE change_versions SET version = 100 WHERE topic = 'profiles'");
        storage.ProfileDirectory.Refresh();
        Assert.Null(storage.ProfileDirectory.Find(two.Id));
        Assert.NotNull(storage.ProfileDirectory.Find(one.Id));
        Assert.Contains("another key", Assert.Single(unreadable), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_taken_once_and_a_change_over_an_older_reading_is_refused()
    {
        var storage = Serve(new ManualTime());
        var first = await storage.Profiles.AddAsync(Sample("carrier"), 10, Cancellation);
        Assert.Null(await storage.Profiles.AddAsync(Sample("carrier"), 10, Cancellation));
        var other = await storage.Profiles.AddAsync(Sample("backup"), 10, Cancellation);
        Assert.Null(await storage.Profiles.UpdateAsync(other! with { Name = "carrier" }, Cancellation));

        Assert.NotNull(await storage.Profiles.UpdateAsync(first! with { Priority = 1 }, Cancellation));
        Assert.Null(await storage.Profiles.UpdateAsync(first with { Priority = 2 }, Cancellation));
        Assert.Equal(1, storage.ProfileDirectory.Find(first.Id)!.Priority);

        await Assert.ThrowsAsync<StorageException>(() => storage.Profiles.AddAsync(Sample("third"), 2, Cancellation));
        Assert.Equal(["backup", "carrier"], (await storage.Profiles.ListAsync(Tenant, Cancellation)).Select(p => p.Name));
        Assert.Equal(first.Id, (await storage.Profiles.FindAsync(Tenant, "carrier", Cancellation))!.Id);
        Assert.Null(await storage.Profiles.FindAsync(new TenantId("other"), first.Id.Value, Cancellation));
    }

    [Fact]
    public async Task Numbers_belong_to_a_tenant_and_go_with_their_profile()
    {
        var storage = Serve(new ManualTime());
        var profile = await storage.Profiles.AddAsync(Sample(), 10, Cancellation);
        await storage.Profiles.SetNumberAsync(new ProfileNumber(Tenant, "+4930123456", profile!.Id, "100", "office"), 2, Cancellation);
        await storage.Profiles.SetNumberAsync(new ProfileNumber(Tenant, "+4930123457", null, "*43"), 2, Cancellation);
        await storage.Profiles.SetNumberAsync(new ProfileNumber(Tenant, "+4930123456", profile.Id, "101", "office"), 2, Cancellation);
        await Assert.ThrowsAsync<StorageException>(() => storage.Profiles.SetNumberAsync(new ProfileNumber(Tenant, "+4930123458", null, "100"), 2, Cancellation));
        Assert.Equal("101", storage.ProfileDirectory.FindNumber(Tenant, "+4930123456")!.Target);
        Assert.Null(storage.ProfileDirectory.FindNumber(new TenantId("other"), "+4930123456"));
        Assert.Equal(2, (await storage.Profiles.ListNumbersAsync(Tenant, Cancellation)).Count);

        await storage.Profiles.RemoveAsync(Tenant, profile.Id, Cancellation);
        Assert.Null(storage.ProfileDirectory.FindNumber(Tenant, "+4930123456"));
        Assert.Equal("*43", storage.ProfileDirectory.FindNumber(Tenant, "+4930123457")!.Target);
        Assert.True(await storage.Profiles.RemoveNumberAsync(Tenant, "+4930123457", Cancellation));
        Assert.False(await storage.Profiles.RemoveNumberAsync(Tenant, "+4930123457", Cancellation));
        Assert.Null(storage.ProfileDirectory.FindNumber(Tenant, "+4930123457"));
    }

    [Fact]
    public async Task Changes_of_another_process_are_seen_within_a_second()
    {
        var time = new ManualTime();
        var storage = Serve(time);
        await using var beside = OpenBeside(time);
        var profile = await beside.Profiles.AddAsync(Sample(), 10, Cancellation);
        Assert.Null(storage.ProfileDirectory.Find(profile!.Id));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(storage.ProfileDirectory.Find(profile.Id));
    }

    private static SipProfile Sample(string name = "carrier") => new()
    {
        Id = default,
        Tenant = Tenant,
        Name = name,
        Server = "sip.provider.test",
        UserName = "ada",
        Password = new Secret("pass"),
        Token = "",
    };
}
