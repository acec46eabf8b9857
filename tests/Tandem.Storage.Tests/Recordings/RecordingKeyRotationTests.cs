using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Recordings;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Recordings;

public sealed class RecordingKeyRotationOnSqliteTests() : RecordingKeyRotationTests(null);

public sealed class RecordingKeyRotationOnPostgresTests(PostgresServer postgres) : RecordingKeyRotationTests(postgres);

/// <summary>Another master key: wherever its making breaks off, every key of a tenant can be read, and starting again finishes it.</summary>
public abstract class RecordingKeyRotationTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId[] Tenants = [TenantId.Default, new("blue"), new("green")];
    private static readonly Secret One = new(string.Concat(Enumerable.Repeat("0f", 32)));
    private static readonly Secret Two = new(Convert.ToBase64String(new byte[32]));

    [Fact]
    public async Task All_keys_are_wrapped_with_a_new_file_and_the_old_one_goes()
    {
        var ids = await MakeKeysAsync();
        var old = await File.ReadAllBytesAsync(KeyFile(1), Cancellation);
        var report = await OpenBeside().RecordingKeys.RotateAsync(Cancellation);
        Assert.Equal((3, 0, 0, KeyFile(2)), (report.Wrapped, report.Kept, report.Unreadable, report.File));
        Assert.Equal([KeyFile(1)], report.Removed);
        Assert.Equal([KeyFile(2)], KeyFiles());
        Assert.NotEqual(old, await File.ReadAllBytesAsync(KeyFile(2), Cancellation));
        await AssertReadableAsync(ids);

        // The old key is of no use any more.
        await File.WriteAllBytesAsync(KeyFile(2), old, Cancellation);
        var ring = OpenBeside().RecordingKeys;
        await ring.LoadAsync(Cancellation);
        Assert.Equal(3, ring.Unreadable);
    }

    [Theory]
    [InlineData(RotationStep.HasKey, 3)]
    [InlineData(RotationStep.Wrapped, 3)]
    [InlineData(RotationStep.Committed, 0)]
    [InlineData(RotationStep.Removed, 0)]
    public async Task Broken_off_anywhere_it_leaves_what_can_be_read(object at, int left)
    {
        var ids = await MakeKeysAsync();
        await Assert.ThrowsAsync<BrokenOffException>(() => OpenBeside().RecordingKeys.RotateAsync(step => Break(step, (RotationStep)at), Cancellation));
        Assert.Equal((RotationStep)at == RotationStep.Removed ? [KeyFile(2)] : [KeyFile(1), KeyFile(2)], KeyFiles());
        await AssertReadableAsync(ids);

        // A tenant that comes in this state gets a key that survives the second attempt.
        var late = new TenantId("late");
        Execute(OpenBeside(), "INSERT INTO tenants (tenant_id, display_name, created_at) VALUES ('late', 'late', 0)");
        var ring = OpenBeside().RecordingKeys;
        await ring.EnsureAsync(late, Cancellation);
        ids = [.. ids, (late, ring.Current(late)!.Id)];
        await AssertReadableAsync(ids);
        if ((RotationStep)at == RotationStep.Removed)
            return;

        var report = await OpenBeside().RecordingKeys.RotateAsync(Cancellation);
        Assert.Equal((left, 4 - left, 0), (report.Wrapped, report.Kept, report.Unreadable));
        Assert.Equal([KeyFile(2)], KeyFiles());
        await AssertReadableAsync(ids);
    }

    // A server that runs beside it has read its master key long ago.
    [Fact]
    public async Task A_key_that_a_running_server_makes_afterwards_is_of_the_new_master_key()
    {
        var ids = await MakeKeysAsync();
        Execute(OpenBeside(), "INSERT INTO tenants (tenant_id, display_name, created_at) VALUES ('late', 'late', 0)");
        var server = OpenBeside().RecordingKeys;
        await server.LoadAsync(Cancellation);
        await OpenBeside().RecordingKeys.RotateAsync(Cancellation);
        Assert.Equal(ids[0].Id, server.Current(TenantId.Default)!.Id);
        await server.EnsureAsync(new TenantId("late"), Cancellation);
        await AssertReadableAsync([.. ids, (new TenantId("late"), server.Current(new TenantId("late"))!.Id)]);
    }

    [Fact]
    public async Task A_key_of_the_environment_changes_while_the_one_before_still_reads()
    {
        Options = Options with { RecordingMasterKey = One };
        var ids = await MakeKeysAsync();
        Options = Options with { RecordingMasterKey = Two, RecordingMasterKeyOld = One };
        await AssertReadableAsync(ids);
        var report = await OpenBeside().RecordingKeys.RotateAsync(Cancellation);
        Assert.Equal((3, 0, 0, null), (report.Wrapped, report.Kept, report.Unreadable, report.File));
        Options = Options with { RecordingMasterKeyOld = null };
        await AssertReadableAsync(ids);
        report = await OpenBeside().RecordingKeys.RotateAsync(Cancellation);
        Assert.Equal((0, 3, 0), (report.Wrapped, report.Kept, report.Unreadable));
        Assert.Empty(KeyFiles());
    }

    [Fact]
    public async Task From_the_file_to_the_environment_and_back()
    {
        var ids = await MakeKeysAsync();
        Options = Options with { RecordingMasterKey = One };
        await AssertReadableAsync(ids);
        var report = await OpenBeside().RecordingKeys.RotateAsync(Cancellation);
        Assert.Equal([KeyFile(1)], report.Removed);
        Assert.Empty(KeyFiles());
        await AssertReadableAsync(ids);

        Options = Options with { RecordingMasterKey = null, RecordingMasterKeyOld = One };
        report = await OpenBeside().RecordingKeys.RotateAsync(Cancellation);
        Assert.Equal((3, 0, 0, KeyFile(1)), (report.Wrapped, report.Kept, report.Unreadable, report.File));
        Options = Options with { RecordingMasterKeyOld = null };
        await AssertReadableAsync(ids);
    }

    [Fact]
    public async Task Keys_of_a_master_key_that_is_not_at_hand_are_left_alone()
    {
        Options = Options with { RecordingMasterKey = One };
        var ids = await MakeKeysAsync();
        Options = Options with { RecordingMasterKey = Two };
        var report = await OpenBeside().RecordingKeys.RotateAsync(Cancellation);
        Assert.Equal((0, 0, 3), (report.Wrapped, report.Kept, report.Unreadable));
        Options = Options with { RecordingMasterKey = One };
        await AssertReadableAsync(ids);
    }

    [Fact]
    public async Task A_file_that_is_no_key_stops_it()
    {
        var ids = await MakeKeysAsync();
        await File.WriteAllBytesAsync(KeyFile(2), new byte[31], Cancellation);
        await Assert.ThrowsAsync<StorageException>(() => OpenBeside().RecordingKeys.RotateAsync(Cancellation));
        File.Delete(KeyFile(2));
        await AssertReadableAsync(ids);
    }

    private static void Break(RotationStep step, RotationStep at)
    {
        if (step == at)
            throw new BrokenOffException();
    }

    private string KeyFile(int number) => Path.Combine(DataDirectory, "keys", $"recordings-{number}.key");

    private List<string> KeyFiles() => [.. Directory.GetFiles(Path.Combine(DataDirectory, "keys"), "recordings-*").Order(StringComparer.Ordinal)];

    private async Task<(TenantId Tenant, Guid Id)[]> MakeKeysAsync()
    {
        var storage = OpenBeside();
        foreach (var tenant in Tenants[1..])
            Execute(storage, $"INSERT INTO tenants (tenant_id, display_name, created_at) VALUES ('{tenant.Value}', '{tenant.Value}', 0)");
        foreach (var tenant in Tenants)
            await storage.RecordingKeys.EnsureAsync(tenant, Cancellation);
        return [.. Tenants.Select(tenant => (tenant, storage.RecordingKeys.Current(tenant)!.Id))];
    }

    // What the next start would see.
    private async Task AssertReadableAsync((TenantId Tenant, Guid Id)[] ids)
    {
        var storage = OpenBeside();
        await storage.RecordingKeys.LoadAsync(Cancellation);
        Assert.Equal(0, storage.RecordingKeys.Unreadable);
        Assert.All(ids, key => Assert.NotNull(storage.RecordingKeys.Find(key.Tenant, key.Id)));
        Assert.All(ids, key => Assert.Equal(key.Id, storage.RecordingKeys.Current(key.Tenant)!.Id));
    }

    private sealed class BrokenOffException : Exception;
}
