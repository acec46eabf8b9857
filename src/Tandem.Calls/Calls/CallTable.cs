using System.Collections.Concurrent;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Calls;

/// <summary>
/// The calls in progress of all shards. Each shard adds and removes its own; anyone reads. The numbers in use are counted
/// here too, for the busy test without call waiting and for those who watch a number.
/// </summary>
internal sealed class CallTable(TenantCalls tenants)
{
    private readonly ConcurrentDictionary<CallId, LiveCall> _calls = new();
    private readonly ConcurrentDictionary<(TenantId, string), NumberCalls> _byNumber = new();
    private int _count;

    /// <summary>Calls in progress.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place for a new call; false when <paramref name="limit"/> are in progress, or its tenant has as many as it may.</summary>
    /// <param name="tells">True when the call is refused then, and whoever watches the tenant's limits is to know.</param>
    public bool TryReserve(int limit, TenantId tenant, Moment now, bool tells = true)
    {
        if (Interlocked.Increment(ref _count) <= limit && tenants.TryEnter(tenant, now, tells))
            return true;

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>The same for a call for help that others' limits leave no place: there are places above them, of which a tenant has its share (<see cref="CallOptions.PlacesForHelp"/>).</summary>
    public bool TryReserveForHelp(CallOptions options, TenantId tenant)
    {
        if (Interlocked.Increment(ref _count) <= options.MaxCalls + options.PlacesForHelp && tenants.TryEnterForHelp(tenant, options.PlacesForHelpOfTenant))
            return true;

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>The same for a call that takes the place of one that is there: the limits of its tenant do not count.</summary>
    public bool TryReserveNext(int limit, TenantId tenant)
    {
        if (Interlocked.Increment(ref _count) <= limit)
        {
            tenants.Enter(tenant);
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Gives back a place that was reserved for a call that could not be made.</summary>
    /// <param name="isForHelp">It was reserved by <see cref="TryReserveForHelp"/>.</param>
    public void GiveBack(TenantId tenant, bool isForHelp = false)
    {
        Interlocked.Decrement(ref _count);
        tenants.Leave(tenant, isForHelp);
    }

    /// <summary>Enters a call whose place was reserved.</summary>
    public void Add(LiveCall call)
    {
        _calls[call.Model.Id] = call;
        var snapshot = call.Model.Snapshot;
        Enter(snapshot.Tenant, snapshot.CallerNumber, call);
        Enter(snapshot.Tenant, snapshot.CalleeNumber, call);
    }

    /// <summary>Takes a call out; the second time does nothing.</summary>
    public void Remove(LiveCall call)
    {
        if (!_calls.TryRemove(call.Model.Id, out _))
            return;

        var snapshot = call.Model.Snapshot;
        GiveBack(snapshot.Tenant, call.HasPlaceForHelp);
        Leave(snapshot.Tenant, snapshot.CallerNumber, call);
        Leave(snapshot.Tenant, snapshot.CalleeNumber, call);
    }

    /// <summary>
    /// Numbers take part in a call besides its caller and the dialled one, who stay. Whoever did before and does still is there all the time: other shards look at any moment, and a
    /// supervisor who follows the number looks once.
    /// </summary>
    public void SetOthers(LiveCall call, IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        var snapshot = call.Model.Snapshot;
        foreach (var number in now)
            Enter(snapshot.Tenant, number, call);
        foreach (var number in before.Except(now))
            LeaveUnless(snapshot, number, call);
    }

    /// <summary>The dialled number takes no part any more: another one has taken the call. Unless it calls itself, or takes part otherwise.</summary>
    public void PartCallee(LiveCall call)
    {
        var snapshot = call.Model.Snapshot;
        if (snapshot.CalleeNumber != snapshot.CallerNumber && call.Others?.Contains(snapshot.CalleeNumber) is not true)
            Leave(snapshot.Tenant, snapshot.CalleeNumber, call);
    }

    /// <summary>Changes the picture of a call in which a number stands that counts here. Who stays is there all the time.</summary>
    public void Change(LiveCall call, Func<CallSnapshot, CallSnapshot> change)
    {
        var before = call.Model.Snapshot;
        call.Model.Note(change);
        var after = call.Model.Snapshot;
        if (!_calls.ContainsKey(call.Model.Id))
            return;

        Enter(after.Tenant, after.CallerNumber, call);
        Enter(after.Tenant, after.CalleeNumber, call);
        LeaveUnless(after, before.CallerNumber, call);
        LeaveUnless(after, before.CalleeNumber, call);
    }

    public LiveCall? Find(CallId id) => _calls.GetValueOrDefault(id);

    /// <summary>True while the number takes part in a call.</summary>
    public bool IsInCall(TenantId tenant, string number) => _byNumber.ContainsKey((tenant, number));

    /// <summary>Calls that the number takes part in, at most <paramref name="limit"/>.</summary>
    public LiveCall[] Of(TenantId tenant, string number, int limit) => _byNumber.TryGetValue((tenant, number), out var calls) ? calls.Take(limit) : [];

    /// <summary>All calls, in no order.</summary>
    public IEnumerable<LiveCall> All()
    {
        foreach (var (_, call) in _calls)
            yield return call;
    }

    private void Enter(TenantId tenant, string number, LiveCall call)
    {
        var key = (tenant, number);
        while (true)
        {
            var calls = _byNumber.GetOrAdd(key, static _ => new NumberCalls());
            if (calls.TryAdd(call))
                return;

            // Its last call is just going on another shard.
            _byNumber.TryRemove(KeyValuePair.Create(key, calls));
        }
    }

    // Caller and dialled number stay.
    private void LeaveUnless(CallSnapshot snapshot, string number, LiveCall call)
    {
        if (number != snapshot.CallerNumber && number != snapshot.CalleeNumber)
            Leave(snapshot.Tenant, number, call);
    }

    private void Leave(TenantId tenant, string number, LiveCall call)
    {
        var key = (tenant, number);
        if (_byNumber.TryGetValue(key, out var calls) && calls.Remove(call))
            _byNumber.TryRemove(KeyValuePair.Create(key, calls));
    }
}
