using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Rooms;

namespace Tandem.Calls.Subscriptions;

/// <summary>
/// Hears every event of the exchange after everybody else has, and wakes the shards that have subscriptions to the number that it
/// is about. An event of a number that nobody watches costs one look into a table, and none while nobody watches any. Thread-safe.
/// </summary>
internal sealed class StateWatch(IEventSink next, SubscriptionTable table) : IEventSink
{
    /// <summary>Tells a shard; set before the first event.</summary>
    public Action<int, StateChange> Tell { get; set; } = static (_, _) => { };

    /// <summary>Supervisors, who follow the calls of agents.</summary>
    public Monitoring.MonitorTable? Monitors { get; init; }

    /// <summary>What is dialled before the number of a room: rooms are watched by the whole.</summary>
    public string RoomPrefix { get; init; } = "";

    /// <summary>Numbers that take part in a call though nobody dialled them; set before the first event.</summary>
    public Func<Calls.CallId, IReadOnlyList<string>?> Others { get; set; } = static _ => null;

    public void Publish(ExchangeEvent exchangeEvent)
    {
        next.Publish(exchangeEvent);
        Monitors?.Publish(exchangeEvent);
        if (!table.IsWatched)
            return;

        switch (exchangeEvent)
        {
            case CallEvent { Call: var call } and not (CallHeld or CallResumed or CallDigit or CallRecordingChanged or CallRecordingFailed or CallCommandEnded or CallWaiting):
                Changed(new StateChange(new AorKey(call.Tenant, call.CallerNumber), WatchedStates.Calls));
                Changed(new StateChange(new AorKey(call.Tenant, call.CalleeNumber), WatchedStates.Calls));
                if (Others(call.Id) is { } others)
                    ChangedToo(call.Tenant, others);
                break;
            case RegistrationEvent { Binding: var binding } registration:
                Changed(new StateChange(new AorKey(binding.Tenant, binding.Number), Of(registration.Change), registration));
                break;
            case RoomEvent { Kind: not (RoomEventKind.Refused or RoomEventKind.Played or RoomEventKind.Dialling or RoomEventKind.Dialled or RoomEventKind.Speaker or RoomEventKind.Talking or RoomEventKind.Silent) } room:
                Changed(new StateChange(new AorKey(room.Tenant, RoomPrefix + room.Room.Name), WatchedStates.Rooms));
                break;
            default:
                break;
        }
    }

    private void ChangedToo(Tenants.TenantId tenant, IReadOnlyList<string> numbers)
    {
        foreach (var number in numbers)
            Changed(new StateChange(new AorKey(tenant, number), WatchedStates.Calls));
    }

    private static WatchedStates Of(RegistrationChange change) =>
        change == RegistrationChange.Refreshed ? WatchedStates.Refreshes : WatchedStates.Registration;

    /// <summary>Something of a number has changed, and may be read already.</summary>
    public void Changed(in StateChange change)
    {
        var watchers = table.WatchersOf(change.Resource);
        for (var shard = 0; shard < watchers.Length; shard++)
        {
            if (watchers[shard] > 0)
                Tell(shard, change);
        }
    }
}
