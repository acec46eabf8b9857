using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Privacy;
using Tandem.Storage.Profiles;
using Tandem.Storage.Recordings;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Profiles;

public sealed class ProfileKeyRotationOnSqliteTests() : ProfileKeyRotationTests(null);

public sealed class ProfileKeyRotationOnPostgresTests(PostgresServer postgres) : ProfileKeyRotationTests(postgres);

/// <summary>Another key for the passwords of profiles: wherever its making breaks off, each can be read, and starting again finishes it.</summary>
public abstract class ProfileKeyRotationTests(PostgresServer? postgres) : StorageTests(postgres)
{
    [Fact]
    public async Task All_passwords_are_sealed_with_a_new_key_and_the_one_before_goes()
    {
        await MakeAsync();
        var report = await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        Assert.Equal((3, 0, 0, KeyFile(2)), (report.Wrapped, report.Kept, report.Unreadable, report.File));
        Assert.Empty(report.Removed); // the first key is that of other secrets as well
        await AssertReadableAsync(3);

        var before = await File.ReadAllBytesAsync(KeyFile(2), Cancellation);
        report = await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        Assert.Equal((3, 0, 0, KeyFile(3)), (report.Wrapped, report.Kept, report.Unreadable, report.File));
        Assert.Equal([KeyFile(2)], report.Removed);
        Assert.False(File.Exists(KeyFile(2)));
        await AssertReadableAsync(3);

        // The old key is of no use any more.
        await File.WriteAllBytesAsync(KeyFile(3), before, Cancellation);
        await Assert.ThrowsAsync<StorageException>(() => OpenBeside().Profiles.ListAsync(TenantId.Default, Cancellation));
    }

    [Theory]
    [InlineData(RotationStep.HasKey)]
    [InlineData(RotationStep.Wrapped)]
    [InlineData(RotationStep.Committed)]
    [InlineData(RotationStep.Removed)]
    public async Task Broken_off_anywhere_it_leaves_what_can_be_read(object at)
    {
        await MakeAsync();
        await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => OpenBeside().Profiles.RotateKeyAsync(Cancellation, step =>
        {
            if (step == (RotationStep)at)
                throw new InvalidOperationException("killed");
        }));
        Assert.Equal(((RotationStep)at != RotationStep.Removed, true), (File.Exists(KeyFile(2)), File.Exists(KeyFile(3))));
        await AssertReadableAsync(3);

        // Who saves in this state seals with the new key.
        await OpenBeside().Profiles.AddAsync(Sample(3), 100, Cancellation);
        await AssertReadableAsync(4);
        if ((RotationStep)at == RotationStep.Removed)
            return;

        var report = await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        Assert.Equal(((RotationStep)at == RotationStep.Committed ? 0 : 3, 0, KeyFile(3)), (report.Wrapped, report.Unreadable, report.File));
        Assert.Equal([KeyFile(2)], report.Removed);
        await AssertReadableAsync(4);
    }

    // The first rotation leaves no second file behind to be told by.
    [Fact]
    public async Task The_first_one_that_broke_off_is_finished_with_its_own_key()
    {
        await MakeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => OpenBeside().Profiles.RotateKeyAsync(Cancellation, _ => throw new InvalidOperationException("killed")));
        await AssertReadableAsync(3);
        var report = await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        Assert.Equal((3, KeyFile(2)), (report.Wrapped, report.File));
        Assert.False(File.Exists(KeyFile(3)));
        await AssertReadableAsync(3);
    }

    [Fact]
    public async Task A_server_that_runs_beside_it_goes_on_and_seals_with_the_new_key()
    {
        await MakeAsync();
        var server = Serve(new ManualTime());
        var changed = new List<ProfileId>();
        server.ProfileDirectory.Changed = changed.Add;
        await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        server.ProfileDirectory.Refresh();
        Assert.Empty(changed); // nobody registers anew for that

        var profile = await server.Profiles.FindAsync(TenantId.Default, "carrier 1", Cancellation);
        await server.Profiles.UpdateAsync(profile! with { Password = new Secret("pass 1"), Port = 5070 }, Cancellation);
        Assert.Equal("pass 1", server.ProfileDirectory.Find(profile.Id)!.Password.Reveal());
        await AssertReadableAsync(3);
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_alone_and_no_key_goes()
    {
        await MakeAsync();
        await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        Execute(OpenBeside(), "UPDATE sip_profiles SET secret = 'AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' WHERE name = 'carrier 0'");
        var report = await OpenBeside().Profiles.RotateKeyAsync(Cancellation);
        Assert.Equal((2, 1), (report.Wrapped, report.Unreadable));
        Assert.Empty(report.Removed);
        Assert.True(File.Exists(KeyFile(2)));
    }

    private async Task MakeAsync()
    {
        var storage = OpenBeside();
        for (var i = 0; i < 3; i++)
            Assert.NotNull(await storage.Profiles.AddAsync(Sample(i), 100, Cancellation));
    }

    private async Task AssertReadableAsync(int count)
    {
        var profiles = await OpenBeside().Profiles.ListAsync(TenantId.Default, Cancellation);
        Assert.Equal(Enumerable.Range(0, count).Select(i => ($"carrier {i}", $"pass {i}", i == 1 ? "client key" : "")), profiles.Select(p => (p.Name, p.Password.Reveal(), p.ClientKey.Reveal())));
    }

    private string KeyFile(int number) => Path.Combine(DataDirectory, "keys", $"profiles-{number}.key");

    private static SipProfile Sample(int i) => new()
    {
        Id = default,
        Tenant = TenantId.Default,
        Name = $"carrier {i}",
        Server = "sip.provider.test",
        Password = new Secret($"pass {i}"),
        ClientKey = new Secret(i == 1 ? "client key" : ""),
        Token = "",
    };
}
