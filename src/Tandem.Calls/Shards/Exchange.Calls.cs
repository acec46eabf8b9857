using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Shards;

/// <summary>The calls in progress: who talks, what they are to do, and new ones that a program wants.</summary>
public sealed partial class Exchange
{
    /// <summary>The calls in progress themselves; for tests of what outlives them.</summary>
    internal IEnumerable<LiveCall> LiveCalls => _shared.Calls.All();

    /// <summary>Calls in progress, all tenants.</summary>
    public int CallCount => _shared.Calls.Count;

    /// <summary>The calls in progress of a tenant, oldest first.</summary>
    public IReadOnlyList<CallSnapshot> ActiveCalls(TenantId tenant)
    {
        var calls = new List<CallSnapshot>();
        foreach (var call in _shared.Calls.All())
        {
            var snapshot = call.Model.Snapshot;
            if (snapshot.Tenant == tenant && snapshot.State < CallState.Terminated && !call.Model.IsHidden)
                calls.Add(snapshot);
        }

        calls.Sort(static (a, b) => string.CompareOrdinal(a.Id.Value, b.Id.Value));
        return calls;
    }

    /// <summary>The calls in progress of all tenants, in no order.</summary>
    public IReadOnlyList<CallSnapshot> ActiveCalls() =>
        [.. _shared.Calls.All().Where(call => !call.Model.IsHidden).Select(call => call.Model.Snapshot).Where(snapshot => snapshot.State < CallState.Terminated)];

    /// <summary>Reports the sound of the calls in progress to their traces, where it is time for that, and lets go of old ones.</summary>
    public void SampleMedia(DateTimeOffset now)
    {
        if (_services.Traces is not { Options.IsOn: true } traces)
            return;

        foreach (var call in _shared.Calls.All())
            traces.Sample(call.Model.Snapshot, now);
        traces.Sweep(now);
    }

    /// <summary>A call in progress; null when there is none with that id.</summary>
    public CallSnapshot? Find(CallId id) => _shared.Calls.Find(id)?.Model.Snapshot;

    /// <summary>Ends a call from outside. True when it was in progress; the BYEs go out on its shard.</summary>
    public bool HangUp(CallId id, EndReason reason = EndReason.ClearedByOperator)
    {
        if (_shared.Calls.Find(id) is not { } call)
            return false;

        call.Environment.PostToShard(() => call.HangUp(reason));
        return true;
    }

    /// <summary>
    /// Begins, changes or ends the recording of a call, on its shard. Null when the tenant has no such call in progress.
    /// </summary>
    public Task<RecordingReply?> RecordAsync(TenantId tenant, CallId id, RecordingAction action) => AskAsync<RecordingReply?>(tenant, id, call => call.Recording.Do(action));

    /// <summary>
    /// Lets the sound of a call out to somebody who hears it from outside. Null when the tenant has no such call in progress.
    /// </summary>
    /// <param name="tenant">Whose call.</param>
    /// <param name="id">The call.</param>
    /// <param name="frames">Frames of 20 ms that wait at most.</param>
    public Task<ForkReply?> ForkAsync(TenantId tenant, CallId id, int frames) =>
        AskAsync<ForkReply?>(tenant, id, call => new ForkReply(call.IsAnswered ? call.Model.Media?.Sound.Fork(frames) : null));

    /// <summary>
    /// Has a call do something, on its shard; answered once, with the state that follows or was found. Null when the tenant has no such call in
    /// progress.
    /// </summary>
    public Task<CommandReply?> CommandAsync(TenantId tenant, CallId id, CallCommand command) => _commands.RunAsync(tenant, id, command);

    /// <summary>Makes a call that a program wants, on one of the shards in turn.</summary>
    public Task<OriginationReply> OriginateAsync(TenantId tenant, OriginationOrder order) => OriginateAsync(desk => desk.Begin(tenant, order));

    /// <summary>Rings somebody who is to be added to a room.</summary>
    public Task<OriginationReply> DialAsync(RoomKey room, RoomDialOrder order) => OriginateAsync(desk => desk.Dial(room, order));

    /// <summary>Rings the phone of a supervisor, who hears the calls of an agent when he answers.</summary>
    public Task<OriginationReply> MonitorAsync(TenantId tenant, MonitorOrder order) => OriginateAsync(desk => desk.Monitor(tenant, order));

    /// <summary>Ends all calls of a tenant. Returns how many there were.</summary>
    public int ClearCalls(TenantId tenant, EndReason reason = EndReason.ClearedByOperator)
    {
        var cleared = 0;
        foreach (var call in _shared.Calls.All())
        {
            if (call.Model.Tenant == tenant && HangUp(call.Model.Id, reason))
                cleared++;
        }

        return cleared;
    }

    // The default value where the tenant has no such call in progress.
    private Task<T> AskAsync<T>(TenantId tenant, CallId id, Func<LiveCall, T> ask) =>
        _shared.Calls.Find(id) is { Model.IsHidden: false } call && call.Model.Tenant == tenant
            ? AnsweredAsync(call.Environment.PostToShard, () => call.IsOver ? default! : ask(call))
            : Task.FromResult<T>(default!);

    private Task<OriginationReply> OriginateAsync(Func<OriginationDesk, OriginationReply> begin)
    {
        var shard = _shards[(uint)Interlocked.Increment(ref _originations) % (uint)_shards.Length];
        return AnsweredAsync(shard.Post, () => begin(shard.Originations));
    }
}
