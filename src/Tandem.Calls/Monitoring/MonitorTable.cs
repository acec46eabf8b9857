using System.Collections.Concurrent;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Monitoring;

/// <summary>The supervisors at work on this node. Thread-safe.</summary>
public sealed class MonitorTable(MonitorOptions options)
{
    private readonly ConcurrentDictionary<CallId, IMonitor> _monitors = new();
    private int _count;

    /// <summary>Their limits.</summary>
    public MonitorOptions Options => options;

    /// <summary>Counts wrong PINs of supervisors, over all calls together.</summary>
    public Voicemail.PinGuard Pins { get; } = new(options.MaxWrongPins, options.LockOut);

    /// <summary>How many they are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Those of a tenant, oldest first.</summary>
    public IReadOnlyList<MonitorSnapshot> Of(TenantId tenant) =>
        [.. _monitors.Values.Select(monitor => monitor.Snapshot).Where(monitor => monitor.Tenant == tenant).OrderBy(monitor => monitor.Id.Value, StringComparer.Ordinal)];

    /// <summary>The one of a tenant with that id; null when there is none.</summary>
    public IMonitor? Find(TenantId tenant, CallId id) => _monitors.GetValueOrDefault(id) is { } monitor && monitor.Snapshot.Tenant == tenant ? monitor : null;

    /// <summary>The one of a tenant whose supervisor has that number; null when there is none.</summary>
    public IMonitor? Of(TenantId tenant, string supervisor) =>
        _monitors.Values.FirstOrDefault(monitor => monitor.Snapshot is var snapshot && snapshot.Tenant == tenant && snapshot.Supervisor == supervisor);

    /// <summary>True when a call is one by which a supervisor listens.</summary>
    public bool IsMonitor(CallId call) => _monitors.ContainsKey(call);

    public void Add(IMonitor monitor)
    {
        if (_monitors.TryAdd(monitor.Snapshot.Id, monitor))
            Interlocked.Increment(ref _count);
    }

    public void Remove(CallId id)
    {
        if (_monitors.TryRemove(id, out _))
            Interlocked.Decrement(ref _count);
    }

    /// <summary>Who takes part in a call besides its two numbers: members of a group, where a forward leads. The exchange sets it.</summary>
    internal Func<CallId, IReadOnlyList<string>?> Others { get; init; } = static _ => null;

    /// <summary>The phone of a number has taken a call that was answered before: supervisors who wait for it are told. It costs one look while nobody monitors.</summary>
    internal void Talks(TenantId tenant, string number)
    {
        if (Count == 0)
            return;

        foreach (var (_, monitor) in _monitors)
        {
            if (monitor.Snapshot is var snapshot && snapshot.Tenant == tenant && snapshot.Agent == number)
                monitor.Talks();
        }
    }

    /// <summary>Something happened: supervisors of those concerned are told. It costs one look while nobody monitors.</summary>
    internal void Publish(ExchangeEvent happened)
    {
        if (Count == 0 || happened is not CallEvent call || happened is not (CallAnswered or CallEnded or CallHeld or CallResumed))
            return;

        var others = call is CallAnswered ? Others(call.Call.Id) : null;
        foreach (var (_, monitor) in _monitors)
        {
            var snapshot = monitor.Snapshot;
            if (snapshot.Tenant == call.Tenant
                && (snapshot.Call == call.Call.Id || snapshot.Agent == call.Call.CallerNumber || snapshot.Agent == call.Call.CalleeNumber || others?.Contains(snapshot.Agent) is true))
                monitor.Heard(call);
        }
    }
}
