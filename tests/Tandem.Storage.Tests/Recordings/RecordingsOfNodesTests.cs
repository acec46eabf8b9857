using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Media.Recording;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Recordings;

public sealed class RecordingsOfNodesOnSqliteTests() : RecordingsOfNodesTests(null);

public sealed class RecordingsOfNodesOnPostgresTests(PostgresServer postgres) : RecordingsOfNodesTests(postgres);

/// <summary>Two nodes on one database, each with a folder of its own: what is to go is deleted by the node that has its file, and by no other.</summary>
public abstract class RecordingsOfNodesTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly DateTimeOffset Begun = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DayClock _time = new(Begun.AddDays(40));

    [Theory]
    [InlineData(RecordingState.Abandoned)]
    [InlineData(RecordingState.Complete)]
    public async Task The_node_that_has_the_file_deletes_what_is_to_go(RecordingState state)
    {
        var storage = Serve();
        await using var a = Node(storage, "a");
        await using var b = Node(storage, "b");
        var file = await PutAsync(storage, a, "r", state);
        Assert.Equal(0, await b.DeleteOldAsync(Cancellation));
        Assert.Equal(state, (await storage.Recordings.FindAsync(TenantId.Default, "r", Cancellation))!.State);
        Assert.Equal(1, await a.DeleteOldAsync(Cancellation));
        Assert.False(File.Exists(file));
        Assert.Null(await storage.Recordings.FindAsync(TenantId.Default, "r", Cancellation));
    }

    // More than a page of them begun before, and two in the same moment.
    [Fact]
    public async Task What_lies_at_another_node_holds_up_nothing_here()
    {
        var storage = Serve();
        await using var a = Node(storage, "a");
        await using var b = Node(storage, "b");
        for (var i = 0; i < 205; i++)
            await PutAsync(storage, a, $"r{i:000}", i % 2 == 0 ? RecordingState.Abandoned : RecordingState.Complete, minute: i / 4);
        var file = await PutAsync(storage, b, "s", RecordingState.Complete, minute: 51);
        Assert.Equal(1, await b.DeleteOldAsync(Cancellation));
        Assert.False(File.Exists(file));
        Assert.Equal(205, await a.DeleteOldAsync(Cancellation));
        Assert.Empty(await storage.Recordings.ListAsync(TenantId.Default, new RecordingFilter(), Cancellation));
    }

    [Fact]
    public async Task Who_deletes_at_a_node_without_the_file_deletes_it_too()
    {
        var storage = Serve();
        await using var a = Node(storage, "a", retentionDays: 0);
        await using var b = Node(storage, "b", retentionDays: 0);
        var file = await PutAsync(storage, a, "r", RecordingState.Complete);
        var held = await PutAsync(storage, a, "held", RecordingState.Complete);
        Assert.True(await b.DeleteAsync((await storage.Recordings.FindAsync(TenantId.Default, "r", Cancellation))!, Cancellation));
        Assert.True(await storage.Recordings.HoldAsync(TenantId.Default, "held", true, Cancellation));
        Assert.False(await storage.Recordings.AbandonAsync(TenantId.Default, "held", Cancellation));
        Assert.False(await storage.Recordings.AbandonAsync(new TenantId("other"), "r", Cancellation));
        Assert.Equal(0, await b.DeleteOldAsync(Cancellation));
        Assert.Equal(1, await a.DeleteOldAsync(Cancellation));
        Assert.Equal((false, true), (File.Exists(file), File.Exists(held)));
        Assert.Equal("held", Assert.Single(await storage.Recordings.ListAsync(TenantId.Default, new RecordingFilter(), Cancellation)).Id);
    }

    [Fact]
    public async Task What_no_node_has_goes_after_some_days()
    {
        var storage = Serve();
        await using var a = Node(storage, "a");
        await using var b = Node(storage, "b");
        List<string> told = [];
        b.Expired = entry => told.Add(entry.Id);
        File.Delete(await PutAsync(storage, a, "r", RecordingState.Complete));
        await PutAsync(storage, a, "s", RecordingState.Complete);
        Assert.Equal(0, await b.DeleteOldAsync(Cancellation));
        _time.Advance(TimeSpan.FromDays(2.9));
        Assert.Equal(0, await b.DeleteOldAsync(Cancellation));

        // A node that starts has missed nothing yet.
        _time.Advance(TimeSpan.FromDays(0.2));
        await using var c = Node(storage, "c");
        Assert.Equal(0, await c.DeleteOldAsync(Cancellation));
        Assert.Equal(1, await a.DeleteOldAsync(Cancellation));
        Assert.Equal(1, await b.DeleteOldAsync(Cancellation));
        Assert.Equal(["r"], told);
    }

    private RecordingKeeper Node(TandemStorage storage, string name, int retentionDays = 30) => new(
        new RecordingEngine(new RecordingOptions()), storage.Recordings, new NoKeys(), new RecordingSettings { Retention = TimeSpan.FromDays(retentionDays) }, Path.Combine(DataDirectory, name), _time,
        static (_, _) => { });

    // The path of its file.
    private static async Task<string> PutAsync(TandemStorage storage, RecordingKeeper node, string id, RecordingState state, int minute = 0)
    {
        var begun = Begun.AddMinutes(minute);
        var entry = new RecordingEntry
        {
            Id = id,
            Tenant = TenantId.Default,
            CallId = "call",
            CallerNumber = "100",
            CalleeNumber = "101",
            Format = RecordingFormat.Wav,
            Channels = RecordingChannels.Stereo,
            KeyId = Guid.Empty,
            File = Path.Combine("default", id + ".rec"),
            State = state,
            StartedAt = begun,
            EndedAt = begun.AddSeconds(10),
        };
        await storage.Recordings.SaveAsync(entry, Cancellation);
        var path = Path.Combine(node.Folder, entry.File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "sound", Cancellation);
        return path;
    }

    private sealed class NoKeys : IRecordingKeys
    {
        public RecordingKey? Current(TenantId tenant) => null;

        public RecordingKey? Find(TenantId tenant, Guid id) => null;
    }

    // Its timers are those of the system: no node looks by itself while a test moves the days.
    private sealed class DayClock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan by) => _now += by;
    }
}
