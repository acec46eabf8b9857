using Tandem.Calls.Calls;
using Tandem.Calls.Messages;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Security;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Shards;

/// <summary>The options of a whole exchange, each part with its own record.</summary>
public sealed record ExchangeOptions
{
    public static readonly ExchangeOptions Default = new();

    /// <summary>SIP shards, one loop each. Default 2: what an issue-2 installation asks for; more than cores bring nothing.</summary>
    public int Shards { get; init; } = 2;

    /// <summary>The tenant whose phones these are.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    public CallOptions Calls { get; init; } = CallOptions.Default;

    public RegistrarOptions Registrar { get; init; } = RegistrarOptions.Default;

    public SecurityOptions Security { get; init; } = SecurityOptions.Default;

    public SubscriptionOptions Subscriptions { get; init; } = SubscriptionOptions.Default;

    public MessageOptions Messages { get; init; } = MessageOptions.Default;

    public TrunkOptions Trunks { get; init; } = TrunkOptions.Default;

    public RoutingOptions Routing { get; init; } = RoutingOptions.Default;

    public Rooms.RoomOptions Rooms { get; init; } = new();

    public Monitoring.MonitorOptions Monitoring { get; init; } = new();

    /// <summary>How calls are parked and picked up.</summary>
    public Parking.ParkingOptions Parking { get; init; } = global::Tandem.Calls.Parking.ParkingOptions.Default;

    public Queues.QueueOptions Queues { get; init; } = new();

    public SipEngineOptions Engine { get; init; } = SipEngineOptions.Default;
}
