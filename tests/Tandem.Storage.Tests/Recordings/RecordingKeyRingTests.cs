using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Recordings;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Recordings;

public sealed class RecordingKeyRingOnSqliteTests() : RecordingKeyRingTests(null);

public sealed class RecordingKeyRingOnPostgresTests(PostgresServer postgres) : RecordingKeyRingTests(postgres);

public abstract class RecordingKeyRingTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly string Hex = string.Concat(Enumerable.Repeat("0f", 32));

    private async Task<RecordingKeyRing> LoadAsync()
    {
        var ring = OpenBeside().RecordingKeys;
        await ring.LoadAsync(Cancellation);
        return ring;
    }

    [Fact]
    public async Task A_tenant_keeps_its_key_over_a_restart()
    {
        var ring = await LoadAsync();
        Assert.Null(ring.Current(TenantId.Default));
        await ring.EnsureAsync(TenantId.Default, Cancellation);
        await ring.EnsureAsync(TenantId.Default, Cancellation);
        var key = ring.Current(TenantId.Default)!;

        var again = await LoadAsync();
        Assert.Equal((key.Id, 0), (again.Current(TenantId.Default)!.Id, again.Unreadable));
        Assert.Same(again.Current(TenantId.Default), again.Find(TenantId.Default, key.Id));
        Assert.Null(again.Find(new TenantId("other"), key.Id));
        Assert.Null(again.Find(TenantId.Default, Guid.NewGuid()));
        var file = Path.Combine(DataDirectory, "keys", "recordings-1.key");
        Assert.Equal(32, new FileInfo(file).Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    // With another master key the old ones are counted, and new recordings get a new one.
    [Fact]
    public async Task A_master_key_from_the_environment_leaves_no_file()
    {
        Options = Options with { RecordingMasterKey = new Secret(Hex) };
        var ring = await LoadAsync();
        await ring.EnsureAsync(TenantId.Default, Cancellation);
        var first = ring.Current(TenantId.Default)!.Id;
        Assert.False(File.Exists(Path.Combine(DataDirectory, "keys", "recordings-1.key")));
        Assert.Equal(first, (await LoadAsync()).Current(TenantId.Default)!.Id);

        Options = Options with { RecordingMasterKey = new Secret(Convert.ToBase64String(new byte[32])) };
        var other = await LoadAsync();
        Assert.Equal((null, 1), (other.Current(TenantId.Default), other.Unreadable));
        await other.EnsureAsync(TenantId.Default, Cancellation);
        Assert.NotEqual(first, other.Current(TenantId.Default)!.Id);
        Assert.Null(other.Find(TenantId.Default, first));
    }

    // A wrapped key is bound to its tenant and id: moved to another row it does not open.
    [Fact]
    public async Task A_wrapped_key_cannot_change_its_owner()
    {
        var storage = OpenBeside();
        await storage.RecordingKeys.EnsureAsync(TenantId.Default, Cancellation);
        Execute(storage, $"UPDATE recording_keys SET key_id = '{Guid.NewGuid()}'");
        var ring = await LoadAsync();
        Assert.Equal((null, 1), (ring.Current(TenantId.Default), ring.Unreadable));
    }

    [Fact]
    public void Master_keys_are_32_bytes()
    {
        Assert.True(RecordingKeyRing.IsMasterKey(Hex));
        Assert.True(RecordingKeyRing.IsMasterKey(Convert.ToBase64String(new byte[32])));
        Assert.False(RecordingKeyRing.IsMasterKey(Hex[1..]));
        Assert.False(RecordingKeyRing.IsMasterKey(Convert.ToBase64String(new byte[33])));
        Assert.False(RecordingKeyRing.IsMasterKey("secret"));
        Assert.False(RecordingKeyRing.IsMasterKey(""));
    }
}
