using System.Text;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Core.Time;

namespace Tandem.Calls.Registrar;

/// <summary>
/// Keeps the bindings that one shard owns: their timers, their published values, their copies in the store, their events.
/// There is one timer per binding and nothing is ever scanned: what is due comes out of the wheel.
/// </summary>
internal sealed class BindingKeeper(
    RegistrarTable table, IBindingStore store, IEventSink events, TimerWheel wheel, IWallClock clock, NatKeepAlive keepAlive,
    RegistrarCounters counters)
{
    private readonly Dictionary<AorKey, AddressOfRecord> _records = [];

    // The bindings that came over each stream connection which is open.
    private readonly Dictionary<long, List<BindingEntry>> _byConnection = [];

    /// <summary>The bindings of <paramref name="key"/>; null when there is none.</summary>
    public AddressOfRecord? Find(AorKey key) => _records.GetValueOrDefault(key);

    /// <summary>Makes all changes of one request, visible to readers in one step.</summary>
    public void Commit(AorKey key, List<BindingChange> changes, Moment now)
    {
        if (changes.Count == 0)
            return;

        if (!_records.TryGetValue(key, out var aor))
        {
            aor = new AddressOfRecord(key);
            _records.Add(key, aor);
        }

        foreach (var change in changes)
            Apply(aor, change, now);

        Publish(aor);
        var at = clock.ToUtc(now);
        foreach (var change in changes)
            Announce(change, at);

        // It may have closed while the request waited, and its end been told before there was a binding.
        foreach (var change in changes)
        {
            if (change.Next is { Flow.Connection: > 0 and var connection } && !table.IsConnectionOpen(connection))
                ConnectionLost(connection, now);
        }
    }

    /// <summary>A stream connection ended.</summary>
    public void ConnectionLost(long connection, Moment now)
    {
        if (!_byConnection.TryGetValue(connection, out var entries))
            return;

        var at = clock.ToUtc(now);
        foreach (var entry in entries.ToArray())
        {
            if (entry.Binding is { IsOutbound: true, Path.Count: 0 })
            {
                counters.CountFlowEnded();
                End(entry, RegistrationChange.ConnectionClosed, at);
                continue;
            }

            Move(entry, Flows.WithoutConnection(entry.Binding));
            keepAlive.Watch(entry, now);
            Publish(entry.Aor);
            if (!entry.Binding.IsLost)
                continue;

            counters.CountFlowLost();
            events.Publish(new RegistrationEvent(entry.Binding.Tenant, entry.Binding, RegistrationChange.ConnectionClosed, at));
        }
    }

    /// <summary>The lifetime of <paramref name="entry"/> is over.</summary>
    public void Expire(BindingEntry entry, Moment now)
    {
        counters.CountExpired();
        End(entry, RegistrationChange.Expired, clock.ToUtc(now));
    }

    /// <summary>The contact did not answer as often as is allowed.</summary>
    public void GiveUp(BindingEntry entry, Moment now)
    {
        counters.CountExpired();
        End(entry, RegistrationChange.Unreachable, clock.ToUtc(now));
    }

    /// <summary>The contact answered a keep-alive.</summary>
    public void Seen(BindingEntry entry, Moment now)
    {
        entry.Binding = entry.Binding with { LastSeen = clock.ToUtc(now) };
        Publish(entry.Aor);
    }

    /// <summary>Drops all bindings of <paramref name="key"/> for an operator. Returns how many there were.</summary>
    public int Remove(AorKey key, DateTimeOffset at)
    {
        if (!_records.TryGetValue(key, out var aor))
            return 0;

        var removed = aor.Entries.ToArray();
        foreach (var entry in removed)
        {
            counters.CountRemoved();
            Detach(entry);
        }

        Publish(aor);
        foreach (var entry in removed)
            events.Publish(new RegistrationEvent(key.Tenant, entry.Binding, RegistrationChange.RemovedByOperator, at));

        return removed.Length;
    }

    /// <summary>
    /// Takes over a binding of an earlier run. The connection it came over is gone: a flow waits for its phone to come back, which a phone
    /// of RFC 5626 does at once.
    /// </summary>
    public void Restore(Binding binding, Moment deadline, Moment now)
    {
        var key = new AorKey(binding.Tenant, binding.Number);
        if (!_records.TryGetValue(key, out var aor))
        {
            aor = new AddressOfRecord(key);
            _records.Add(key, aor);
        }

        var restored = Flows.WithoutConnection(binding);
        if (restored.IsLost)
            counters.CountFlowLost();

        var entry = new BindingEntry(this, aor, restored, Encoding.UTF8.GetBytes(restored.ContactUri), deadline);
        aor.Entries.Add(entry);
        wheel.Schedule(entry, deadline);
        keepAlive.Watch(entry, now);
        Publish(aor);
    }

    private void Apply(AddressOfRecord aor, in BindingChange change, Moment now)
    {
        if (change.Next is not { } next)
        {
            Detach(change.Existing!);
            return;
        }

        if (change.Existing is not { } entry)
        {
            entry = new BindingEntry(this, aor, next, change.Uri, change.Deadline);
            aor.Entries.Add(entry);
            Hold(entry);
        }
        else
        {
            // The store knows a contact by the text of its URI; an equal URI can be spelt differently.
            if (!next.IsOutbound && entry.Binding.ContactUri != next.ContactUri)
                store.Remove(next.Tenant, next.Number, entry.Binding.Key);

            Move(entry, next);
            entry.Uri = change.Uri;
            entry.Deadline = change.Deadline;
        }

        wheel.Schedule(entry, change.Deadline);
        store.Save(next);
        keepAlive.Watch(entry, now);
    }

    private void Announce(in BindingChange change, DateTimeOffset at)
    {
        if (change.Next is { } next)
        {
            var isNew = next.RegistrationCount == 1;
            if (isNew)
                counters.CountRegistered();
            else
                counters.CountRefreshed();

            events.Publish(new RegistrationEvent(next.Tenant, next, isNew ? RegistrationChange.Registered : RegistrationChange.Refreshed, at));
            return;
        }

        counters.CountRemoved();
        var gone = change.Existing!.Binding;
        events.Publish(new RegistrationEvent(gone.Tenant, gone, RegistrationChange.Unregistered, at));
    }

    private void End(BindingEntry entry, RegistrationChange change, DateTimeOffset at)
    {
        Detach(entry);
        Publish(entry.Aor);
        events.Publish(new RegistrationEvent(entry.Binding.Tenant, entry.Binding, change, at));
    }

    private void Detach(BindingEntry entry)
    {
        wheel.Cancel(entry);
        keepAlive.Forget(entry);
        LetGo(entry);
        entry.Aor.Entries.Remove(entry);
        store.Remove(entry.Binding.Tenant, entry.Binding.Number, entry.Binding.Key);
    }

    private void Move(BindingEntry entry, Binding next)
    {
        if (next.Flow.Connection == entry.Binding.Flow.Connection)
        {
            entry.Binding = next;
            return;
        }

        LetGo(entry);
        entry.Binding = next;
        Hold(entry);
    }

    private void Hold(BindingEntry entry)
    {
        var connection = entry.Binding.Flow.Connection;
        if (connection == 0)
            return;

        if (!_byConnection.TryGetValue(connection, out var entries))
            _byConnection.Add(connection, entries = new List<BindingEntry>(1));

        entries.Add(entry);
        table.Hold(connection);
    }

    private void LetGo(BindingEntry entry)
    {
        var connection = entry.Binding.Flow.Connection;
        if (connection == 0 || !_byConnection.TryGetValue(connection, out var entries) || !entries.Remove(entry))
            return;

        if (entries.Count == 0)
            _byConnection.Remove(connection);

        table.LetGo(connection);
    }

    private void Publish(AddressOfRecord aor)
    {
        var entries = aor.Entries;
        if (entries.Count == 0)
            _records.Remove(aor.Key);

        var values = entries.Count == 0 ? [] : new Binding[entries.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = entries[i].Binding;

        if (values.Length > 1)
            Array.Sort(values, ByPreference);

        table.Publish(aor.Key, values);
    }

    /// <summary>Highest q first (RFC 3261 §16.6 step 1), then the one that was seen last.</summary>
    private static int ByPreference(Binding left, Binding right)
    {
        var byQ = right.Q.CompareTo(left.Q);
        return byQ != 0 ? byQ : right.LastSeen.CompareTo(left.LastSeen);
    }
}
