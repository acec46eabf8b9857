using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Cluster.Limits;
using Tandem.Core.Time;

namespace Tandem.Cluster;

/// <summary>
/// PINs that are guessed at several nodes in turn: each tells the others at once what was typed at it, and counts what they tell. Nobody waits for that, so that calls which type at
/// the same moment at several nodes may each have a guess more. What is told while a node is alone is not told again.
/// </summary>
public sealed partial class ClusterNode
{
    private readonly Dictionary<PinKind, PinGuard> _pins = [];
    private Clock? _pinClock;

    /// <summary>Has guards count what is typed at all nodes. Before <see cref="Start"/>; once.</summary>
    /// <param name="mailboxes">Counts PINs of mailboxes.</param>
    /// <param name="rooms">Counts PINs of rooms.</param>
    /// <param name="supervisors">Counts PINs of supervisors.</param>
    /// <param name="clock">The clock that they count by.</param>
    public void SharePins(PinGuard mailboxes, PinGuard rooms, PinGuard supervisors, Clock clock)
    {
        _pinClock = clock;
        Share(PinKind.Mailbox, mailboxes);
        Share(PinKind.Room, rooms);
        Share(PinKind.Supervisor, supervisors);
    }

    private void Share(PinKind kind, PinGuard guard)
    {
        _pins.Add(kind, guard);
        guard.Changed = (tenant, name, change) =>
        {
            if (IsConnected)
                _client.Post(Command("PUBLISH", Channel, new SharedPin(_node, kind, tenant.Value, name, change).ToJson()));
        };
    }

    private void TakePin(SharedPin pin)
    {
        if (pin.PinOf != _node && _pins.TryGetValue(pin.Kind, out var guard))
            guard.Hear(new TenantId(pin.Tenant), pin.Name, pin.Change, _pinClock!.Now);
    }
}
