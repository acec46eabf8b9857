using System.Security.Cryptography;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Media.Recording;
using Tandem.Testing;

namespace Tandem.Calls.Tests.Recording;

public sealed class RecordingKeeperTests : IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("tandem-recordings-").FullName;
    private readonly MemoryStore _store = new();
    private readonly OneKey _keys = new();
    private readonly List<string> _faults = [];
    private readonly List<RecordingKeeper> _keepers = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var keeper in _keepers)
            await keeper.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private RecordingKeeper Keeper(RecordingSettings? settings = null, RecordingOptions? options = null)
    {
        var keeper = new RecordingKeeper(
            new RecordingEngine(options ?? new RecordingOptions { PollInterval = TimeSpan.FromMilliseconds(5), MinFreeBytes = 0 }),
            _store, _keys, (settings ?? new RecordingSettings()) with { RetryPause = TimeSpan.FromMilliseconds(10) }, _data, TimeProvider.System, Fault);
        _keepers.Add(keeper);
        return keeper;
    }

    private void Fault(string text, Exception? e)
    {
        lock (_faults)
            _faults.Add(text);
    }

    private static RecordingOrder Order(TenantId? tenant = null) => new(tenant ?? TenantId.Default, new CallId("call1"), "100", "101");

    private bool HasFault(string text)
    {
        lock (_faults)
            return _faults.Contains(text);
    }

    private static void Speak(Recorder recorder, int ticks)
    {
        var sound = new short[320];
        Array.Fill(sound, (short)1000);
        for (var i = 0; i < ticks; i++)
            recorder.Write(sound, sound, 16000, Moment.FromMilliseconds(i * 20));
    }

    private static async Task<RecordingEntry> UntilAsync(MemoryStore store, string id, Func<RecordingEntry, bool> when)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var i = 0; i < 12_000; i++)
        {
            if (await store.FindAsync(TenantId.Default, id) is { } entry && when(entry))
                return entry;
            await timer.WaitForNextTickAsync(Cancellation);
        }

        throw new TimeoutException("the entry did not come");
    }

    [Fact]
    public async Task A_recording_is_listed_while_it_is_made_and_finished_when_it_is_over()
    {
        var keeper = Keeper();
        var recorder = keeper.TryStart(Order(), out var problem)!;
        Assert.Equal("", problem);
        var begun = await UntilAsync(_store, recorder.Id, _ => true);
        Assert.Equal((RecordingState.Recording, "call1", "100", "101", RecordingFormat.Wav, RecordingChannels.Stereo), (begun.State, begun.CallId, begun.CallerNumber, begun.CalleeNumber, begun.Format, begun.Channels));
        Speak(recorder, 60);
        recorder.Stop();
        var over = await UntilAsync(_store, recorder.Id, entry => entry.State != RecordingState.Recording);
        var path = Path.Combine(keeper.Folder, over.File);
        Assert.Equal(Path.Combine("default", over.StartedAt.UtcDateTime.ToString("yyyy'/'MM'/'dd"), recorder.Id + ".rec"), over.File);
        Assert.Equal((RecordingState.Complete, TimeSpan.FromSeconds(1.2), "Stopped", new FileInfo(path).Length), (over.State, over.Duration, over.EndReason, over.Bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), over.Sha256);
        using (var file = keeper.TryOpen(over)!)
            Assert.Equal((true, 19_200L), (file.IsComplete, file.Samples));
        Assert.True(await keeper.DeleteAsync(over, Cancellation));
        Assert.False(File.Exists(path));
        Assert.Null(await _store.FindAsync(TenantId.Default, recorder.Id, Cancellation));
        Assert.Empty(_faults);
    }

    [Fact]
    public void Without_a_key_nothing_is_recorded()
    {
        Assert.Null(Keeper().TryStart(Order(new TenantId("other")), out var problem));
        Assert.Contains("no key", problem);
        Assert.Null(Keeper(options: new RecordingOptions { MaxRecordings = 0, MinFreeBytes = 0 }).TryStart(Order(), out problem));
        Assert.StartsWith("0 recordings", problem);
    }

    // The store is away: recordings go on, their entries come later, the beginning first.
    [Fact]
    public async Task A_store_that_is_away_holds_nothing_up()
    {
        _store.IsAway = true;
        var recorder = Keeper().TryStart(Order(), out _)!;
        Speak(recorder, 10);
        recorder.Stop();
        await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Empty(_store.Entries);

        // The store is missed before it comes back, however late the writer of rows runs.
        Assert.True(Wait.Until(() => HasFault("the store does not take recordings; they wait")));
        _store.IsAway = false;
        var entry = await UntilAsync(_store, recorder.Id, e => e.State == RecordingState.Complete);
        Assert.Equal(TimeSpan.FromMilliseconds(200), entry.Duration);
    }

    // Of two recordings the store takes one; its rows come, though those of the other were first.
    [Fact]
    public async Task A_row_that_is_never_taken_holds_up_no_other()
    {
        _store.Refuses = entry => entry.CallId == "poison";
        var keeper = Keeper();
        var poison = keeper.TryStart(Order() with { Call = new CallId("poison") }, out _)!;
        Assert.True(SpinWait.SpinUntil(() => _store.Refused > 2, TimeSpan.FromSeconds(60)));
        for (var i = 0; i < 4; i++)
        {
            var recorder = keeper.TryStart(Order(), out _)!;
            Speak(recorder, 10);
            recorder.Stop();
            await UntilAsync(_store, recorder.Id, e => e.State == RecordingState.Complete);
        }

        // And when it is taken in the end, the newest row stands.
        poison.Stop();
        await poison.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        _store.Refuses = _ => false;
        await UntilAsync(_store, poison.Id, e => e.State != RecordingState.Recording);
        Assert.Equal(5, _store.Entries.Count);
        await keeper.DisposeAsync();
        Assert.DoesNotContain(_store.Entries.Values, e => e.State == RecordingState.Recording);
    }

    // A log that throws: rows are written all the same, and the end does not wait for ever.
    [Fact]
    public async Task A_fault_that_cannot_be_told_ends_nothing()
    {
        var keeper = new RecordingKeeper(
            new RecordingEngine(new RecordingOptions { PollInterval = TimeSpan.FromMilliseconds(5), MinFreeBytes = 0 }), _store, _keys,
            new RecordingSettings { RetryPause = TimeSpan.FromMilliseconds(10) }, _data, TimeProvider.System, (_, _) => throw new InvalidOperationException("the log is full"));
        _keepers.Add(keeper);
        _store.IsAway = true;
        var recorder = keeper.TryStart(Order(), out _)!;
        Assert.True(SpinWait.SpinUntil(() => keeper.UntoldFaults > 0, TimeSpan.FromSeconds(60)));
        _store.IsAway = false;
        recorder.Stop();
        await UntilAsync(_store, recorder.Id, e => e.State != RecordingState.Recording);
        await keeper.DisposeAsync();
    }

    // What a killed process leaves: an entry that is being made, and a file without its end, perhaps with half a chunk.
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(5_000)]
    public async Task A_killed_process_leaves_what_can_be_finished(int halfChunk)
    {
        var first = Keeper();
        var recorder = first.TryStart(Order(), out _)!;
        var begun = await UntilAsync(_store, recorder.Id, _ => true);
        var path = Path.Combine(first.Folder, begun.File);
        for (var second = 1; second <= 2; second++)
        {
            Speak(recorder, 50);
            Assert.True(SpinWait.SpinUntil(() => File.Exists(path) && new FileInfo(path).Length > second * 64_000, TimeSpan.FromSeconds(60)));
        }

        var killed = File.ReadAllBytes(path);
        Speak(recorder, 20);
        await first.DisposeAsync();
        var whole = killed.Length;
        File.WriteAllBytes(path, [.. killed, .. File.ReadAllBytes(path).AsSpan(whole, halfChunk)]);
        _store.Entries[recorder.Id] = begun;

        var next = Keeper();
        Assert.Equal(1, await next.RecoverAsync([TenantId.Default], Cancellation));
        var entry = (await _store.FindAsync(TenantId.Default, recorder.Id, Cancellation))!;
        Assert.Equal((RecordingState.Recovered, TimeSpan.FromSeconds(2), "NodeLost", (long)whole), (entry.State, entry.Duration, entry.EndReason, entry.Bytes));
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(killed)), entry.StartedAt.AddSeconds(2)), (entry.Sha256, entry.EndedAt));
        Assert.Equal(0, await next.RecoverAsync([TenantId.Default], Cancellation));
    }

    [Fact]
    public async Task A_file_that_no_entry_names_gets_one()
    {
        var first = Keeper();
        var recorder = first.TryStart(Order(), out _)!;
        Speak(recorder, 30);
        await first.DisposeAsync();
        _store.Entries.Clear();
        Assert.Equal(1, await Keeper().RecoverAsync([TenantId.Default], Cancellation));
        var entry = Assert.Single(_store.Entries.Values);
        Assert.Equal((recorder.Id, RecordingState.Complete, TimeSpan.FromMilliseconds(600), ""), (entry.Id, entry.State, entry.Duration, entry.CallId));
    }

    [Fact]
    public async Task An_entry_without_a_file_has_failed()
    {
        var keeper = Keeper();
        var recorder = keeper.TryStart(Order(), out _)!;
        var begun = await UntilAsync(_store, recorder.Id, _ => true);
        await keeper.DisposeAsync();
        File.Delete(Path.Combine(keeper.Folder, begun.File));
        _store.Entries[recorder.Id] = begun;
        Assert.Equal(1, await Keeper().RecoverAsync([TenantId.Default], Cancellation));
        Assert.Equal(RecordingState.Failed, _store.Entries[recorder.Id].State);
        Assert.Null(keeper.TryOpen(begun));
    }

    // A node that started before the one with the file found nothing to hear.
    [Fact]
    public async Task What_another_node_found_lost_is_found_again_where_its_file_is()
    {
        var first = Keeper();
        var recorder = first.TryStart(Order(), out _)!;
        Speak(recorder, 30);
        await first.DisposeAsync();
        var entry = _store.Entries[recorder.Id];
        var begun = entry with { State = RecordingState.Recording, EndedAt = null, Bytes = 0, Duration = default, Sha256 = "", EndReason = "" };
        _store.Entries[recorder.Id] = begun;
        Assert.Equal(1, await Keeper(new RecordingSettings { Folder = Path.Combine(_data, "other") }).RecoverAsync([TenantId.Default], Cancellation));
        Assert.Equal(RecordingState.Failed, _store.Entries[recorder.Id].State);
        Assert.Equal(1, await Keeper().RecoverAsync([TenantId.Default], Cancellation));
        Assert.Equal((RecordingState.Complete, entry.Bytes, entry.Sha256), (_store.Entries[recorder.Id].State, _store.Entries[recorder.Id].Bytes, _store.Entries[recorder.Id].Sha256));
        Assert.Equal(0, await Keeper().RecoverAsync([TenantId.Default], Cancellation));
    }

    // Deleted under its writer it would come back, as a recording without a file, when it ends.
    [Fact]
    public async Task What_another_node_is_making_is_not_ended_by_a_start()
    {
        var keeper = Keeper();
        var recorder = keeper.TryStart(Order(), out _)!;
        var begun = await UntilAsync(_store, recorder.Id, _ => true);
        _store.Entries[recorder.Id] = begun with { State = RecordingState.Abandoned };
        Assert.Equal(0, await Keeper(new RecordingSettings { Folder = Path.Combine(_data, "other") }).RecoverAsync([TenantId.Default], Cancellation));
        Assert.Null(_store.Entries[recorder.Id].EndedAt);
    }

    // The message is on the disk of this node alone: nothing in the store says that its sound is wanted.
    [Fact]
    public async Task The_sound_of_a_message_that_waits_is_not_too_old()
    {
        var waiting = new HashSet<string>();
        var keeper = Keeper(new RecordingSettings { Retention = TimeSpan.FromDays(30) });
        keeper.IsWaiting = waiting.Contains;
        var recorder = keeper.TryStart(Order(), out _)!;
        recorder.Stop();
        var entry = await UntilAsync(_store, recorder.Id, e => e.State == RecordingState.Complete);
        _store.Entries[entry.Id] = entry with { StartedAt = entry.StartedAt.AddDays(-31) };
        waiting.Add(entry.Id);
        Assert.Equal(0, await keeper.DeleteOldAsync(Cancellation));
        Assert.True(File.Exists(Path.Combine(keeper.Folder, entry.File)));
        waiting.Clear();
        Assert.Equal(1, await keeper.DeleteOldAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_older_than_the_retention_goes()
    {
        var keeper = Keeper(new RecordingSettings { Retention = TimeSpan.FromDays(30) });
        var recorder = keeper.TryStart(Order(), out _)!;
        recorder.Stop();
        var entry = await UntilAsync(_store, recorder.Id, e => e.State == RecordingState.Complete);
        Assert.Equal(0, await keeper.DeleteOldAsync(Cancellation));
        var path = Path.Combine(keeper.Folder, entry.File);
        Assert.True(File.Exists(path));
        var expired = new List<string>();
        keeper.Expired = old => expired.Add(old.Id);
        var old = _store.Entries[entry.Id] = entry with { StartedAt = entry.StartedAt.AddDays(-31) };

        // Somebody holds it: it stays, however often it is looked at.
        Assert.True(await _store.HoldAsync(TenantId.Default, entry.Id, true, Cancellation));
        Assert.Equal(0, await keeper.DeleteOldAsync(Cancellation));
        Assert.False(await keeper.DeleteAsync(old, Cancellation));
        Assert.True(File.Exists(path));
        Assert.True(await _store.HoldAsync(TenantId.Default, entry.Id, false, Cancellation));
        Assert.Equal(1, await keeper.DeleteOldAsync(Cancellation));
        Assert.Equal([entry.Id], expired);
        Assert.False(File.Exists(path));
        Assert.Empty(_store.Entries);
    }

    // Of a voicemail that is gone, and of a call: only the call is a matter of retention, and only what nobody holds goes.
    [Fact]
    public async Task The_sound_of_a_voicemail_that_is_gone_goes_without_any_retention()
    {
        var keeper = Keeper();
        List<string> expired = [];
        keeper.Expired = entry => expired.Add(entry.Id);
        List<RecordingEntry> entries = [];
        for (var i = 0; i < 3; i++)
        {
            var recorder = keeper.TryStart(Order(), out _)!;
            recorder.Stop();
            entries.Add(await UntilAsync(_store, recorder.Id, entry => entry.State == RecordingState.Complete));
        }

        _store.Entries[entries[0].Id] = entries[0] with { State = RecordingState.Abandoned };
        _store.Entries[entries[1].Id] = entries[1] with { State = RecordingState.Abandoned, IsHeld = true };
        Assert.Equal(1, await keeper.DeleteOldAsync(Cancellation));
        Assert.Equal([entries[0].Id], expired);
        Assert.Equal([false, true, true], entries.Select(entry => File.Exists(Path.Combine(keeper.Folder, entry.File))));
        Assert.Equal(0, await keeper.DeleteOldAsync(Cancellation));
    }

    [Fact]
    public async Task A_tenant_cannot_leave_the_folder()
    {
        var tenant = new TenantId("../../up");
        _keys.Tenants.Add(tenant);
        var keeper = Keeper();
        var recorder = keeper.TryStart(Order(tenant), out _)!;
        recorder.Stop();
        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.StartsWith(keeper.Folder + Path.DirectorySeparatorChar, Path.GetFullPath(summary.Path));
    }

    private sealed class OneKey : IRecordingKeys
    {
        private readonly RecordingKey _key = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), new byte[32]);

        public HashSet<TenantId> Tenants { get; } = [TenantId.Default];

        public RecordingKey? Current(TenantId tenant) => Tenants.Contains(tenant) ? _key : null;

        public RecordingKey? Find(TenantId tenant, Guid id) => id == _key.Id ? Current(tenant) : null;
    }

    private sealed class MemoryStore : IRecordingStore
    {
        public System.Collections.Concurrent.ConcurrentDictionary<string, RecordingEntry> Entries { get; } = new();

        public volatile bool IsAway;
        public volatile int Refused;
        public volatile Func<RecordingEntry, bool> Refuses = _ => false;

        public Task SaveAsync(RecordingEntry entry, CancellationToken cancellation = default)
        {
            if (IsAway)
                throw new InvalidOperationException("away");
            if (Refuses(entry))
            {
                Refused++;
                throw new InvalidOperationException("not this one");
            }

            Entries[entry.Id] = entry;
            return Task.CompletedTask;
        }

        public Task<RecordingEntry?> FindAsync(TenantId tenant, string id, CancellationToken cancellation = default) => Task.FromResult(Entries.GetValueOrDefault(id));

        public Task<IReadOnlyList<RecordingEntry>> ListAsync(TenantId tenant, RecordingFilter filter, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<IReadOnlyList<RecordingEntry>> UnfinishedAsync(CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<RecordingEntry>>([.. Entries.Values.Where(entry => entry.State is RecordingState.Recording or RecordingState.Abandoned && entry.EndedAt is null)]);

        public Task<IReadOnlyList<RecordingEntry>> OlderAsync(DateTimeOffset before, int limit, RecordingEntry? after = null, CancellationToken cancellation = default) =>
            Task.FromResult(Page(entry => entry.StartedAt < before && entry.State != RecordingState.Recording, limit, after));

        public Task<IReadOnlyList<RecordingEntry>> AbandonedAsync(int limit, RecordingEntry? after = null, CancellationToken cancellation = default) =>
            Task.FromResult(Page(entry => entry is { State: RecordingState.Abandoned, IsHeld: false }, limit, after));

        public Task<bool> AbandonAsync(TenantId tenant, string id, CancellationToken cancellation = default)
        {
            Entries[id] = Entries[id] with { State = RecordingState.Abandoned };
            return Task.FromResult(true);
        }

        private IReadOnlyList<RecordingEntry> Page(Func<RecordingEntry, bool> which, int limit, RecordingEntry? after) =>
            [.. Entries.Values.Where(which).OrderBy(entry => (entry.StartedAt, entry.Id)).Where(entry => after is null || (entry.StartedAt, entry.Id).CompareTo((after.StartedAt, after.Id)) > 0).Take(limit)];

        public Task<bool> HoldAsync(TenantId tenant, string id, bool isHeld, CancellationToken cancellation = default)
        {
            if (!Entries.TryGetValue(id, out var entry))
                return Task.FromResult(false);

            Entries[id] = entry with { IsHeld = isHeld };
            return Task.FromResult(true);
        }

        public Task<bool> DeleteAsync(TenantId tenant, string id, CancellationToken cancellation = default) => Task.FromResult(Entries.TryRemove(id, out _));
    }
}
