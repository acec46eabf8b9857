using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Media.Recording;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Recordings;

public sealed class RecordingRepositoryOnSqliteTests() : RecordingRepositoryTests(null);

public sealed class RecordingRepositoryOnPostgresTests(PostgresServer postgres) : RecordingRepositoryTests(postgres);

public abstract class RecordingRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TenantId Other = new("other");

    private static RecordingEntry Entry(string id, int minute = 0, string caller = "100", string callee = "101", RecordingState state = RecordingState.Recording) => new()
    {
        Id = id,
        Tenant = TenantId.Default,
        CallId = "call-" + id,
        CallerNumber = caller,
        CalleeNumber = callee,
        Format = RecordingFormat.Ogg,
        Channels = RecordingChannels.Stereo,
        KeyId = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        File = $"default/2026/03/01/{id}.rec",
        State = state,
        StartedAt = Noon + TimeSpan.FromMinutes(minute),
    };

    private static RecordingEntry Ended(RecordingEntry entry) => entry with
    {
        State = RecordingState.Complete,
        EndedAt = entry.StartedAt + TimeSpan.FromSeconds(61.5),
        Duration = TimeSpan.FromSeconds(61.25),
        Bytes = 4L << 32,
        Sha256 = new string('a', 64),
        Dropped = TimeSpan.FromMilliseconds(20),
        EndReason = "Stopped",
    };

    [Fact]
    public async Task An_entry_comes_back_as_it_was_saved()
    {
        var store = Serve().Recordings;
        var begun = Entry("a");
        await store.SaveAsync(begun, Cancellation);
        Assert.Equal(begun, await store.FindAsync(TenantId.Default, "a", Cancellation));
        Assert.Equal([begun], await store.UnfinishedAsync(Cancellation));
        await store.SaveAsync(Ended(begun), Cancellation);
        Assert.Equal(Ended(begun), await store.FindAsync(TenantId.Default, "a", Cancellation));
        Assert.Empty(await store.UnfinishedAsync(Cancellation));

        // A beginning that comes late, by a retry, does not undo the end.
        await store.SaveAsync(begun, Cancellation);
        Assert.Equal(Ended(begun), await store.FindAsync(TenantId.Default, "a", Cancellation));
    }

    [Fact]
    public async Task A_tenant_sees_only_its_own()
    {
        var storage = Serve();
        Execute(storage, "INSERT INTO tenants (tenant_id, display_name, created_at) VALUES ('other', 'Other', 0)");
        await storage.Recordings.SaveAsync(Ended(Entry("a")), Cancellation);
        Assert.Null(await storage.Recordings.FindAsync(Other, "a", Cancellation));
        Assert.Empty(await storage.Recordings.ListAsync(Other, new RecordingFilter(), Cancellation));
        Assert.False(await storage.Recordings.DeleteAsync(Other, "a", Cancellation));

        // An id of another tenant cannot be written over.
        await storage.Recordings.SaveAsync(Ended(Entry("a")) with { Tenant = Other, Bytes = 1 }, Cancellation);
        Assert.Equal(4L << 32, (await storage.Recordings.FindAsync(TenantId.Default, "a", Cancellation))!.Bytes);
        Assert.True(await storage.Recordings.DeleteAsync(TenantId.Default, "a", Cancellation));
        Assert.False(await storage.Recordings.DeleteAsync(TenantId.Default, "a", Cancellation));
    }

    [Fact]
    public async Task Lists_are_filtered_and_come_in_pages()
    {
        var store = Serve().Recordings;
        for (var i = 0; i < 10; i++)
            await store.SaveAsync(Ended(Entry($"r{i}", i / 2, i % 3 == 0 ? "100" : "102", i % 4 == 0 ? "100" : "103")), Cancellation);
        await store.SaveAsync(Entry("live", 20), Cancellation);

        async Task<string> List(RecordingFilter filter) => string.Join(' ', (await store.ListAsync(TenantId.Default, filter, Cancellation)).Select(entry => entry.Id));
        Assert.Equal("live r9 r8 r7 r6 r5 r4 r3 r2 r1 r0", await List(new RecordingFilter()));
        Assert.Equal("live r9 r8 r6 r4 r3 r0", await List(new RecordingFilter(Number: "100")));
        Assert.Equal("r7", await List(new RecordingFilter(CallId: "call-r7")));
        Assert.Equal("live", await List(new RecordingFilter(State: RecordingState.Recording)));
        Assert.Equal("r5 r4 r3 r2", await List(new RecordingFilter(From: Noon.AddMinutes(1), To: Noon.AddMinutes(3))));

        var seen = new List<string>();
        (DateTimeOffset, string)? after = null;
        while (true)
        {
            var page = await store.ListAsync(TenantId.Default, new RecordingFilter(After: after, Limit: 3), Cancellation);
            seen.AddRange(page.Select(entry => entry.Id));
            if (page.Count < 3)
                break;
            after = (page[^1].StartedAt, page[^1].Id);
        }

        Assert.Equal("live r9 r8 r7 r6 r5 r4 r3 r2 r1 r0", string.Join(' ', seen));
    }

    [Fact]
    public async Task The_oldest_that_were_over_then_come_first()
    {
        var store = Serve().Recordings;
        await store.SaveAsync(Entry("live"), Cancellation);
        await store.SaveAsync(Ended(Entry("b", 2)), Cancellation);
        await store.SaveAsync(Ended(Entry("a", 1)), Cancellation);
        await store.SaveAsync(Ended(Entry("c", 3)), Cancellation);
        Assert.Equal(["a", "b"], (await store.OlderAsync(Noon.AddMinutes(4), 10, null, Cancellation)).Select(entry => entry.Id));
        Assert.Equal(["a"], (await store.OlderAsync(Noon.AddMinutes(4), 1, null, Cancellation)).Select(entry => entry.Id));
    }
}
