using Tandem.Calls.Calls;
using Tandem.Calls.Messages;
using Tandem.Calls.Parking;
using Tandem.Calls.Ports;
using Tandem.Calls.Publications;
using Tandem.Calls.Queues;
using Tandem.Calls.Registrar;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;

namespace Tandem.Calls.Shards;

/// <summary>What the shards of one exchange share.</summary>
internal sealed class SharedState
{
    private volatile bool _draining;
    private volatile bool _closing;

    public SharedState(ExchangeOptions options, IMediaService media, ITenantDirectory? tenants)
    {
        Domains = new TenantDomains(options.Tenant, new ExtensionRange(options.Calls.FirstExtension, options.Calls.LastExtension), tenants);
        TenantCalls = new TenantCalls(Domains);
        Calls = new CallTable(TenantCalls);
        Parking = new ParkingLot(options.Parking);
        Registrar = new RegistrarTable(options.Shards);
        Subscriptions = new SubscriptionTable(options.Shards);
        MessageRates = new SendingRates(options.Messages.MaxPerMinute);
        Rooms = new RoomTable(media, options.Calls.MaxRooms, options.Rooms, publish: happened => Watch.Publish(happened));
        Queues = new QueueDesk(options.Queues);
        Monitors = new Monitoring.MonitorTable(options.Monitoring) { Others = id => Calls.Find(id)?.Others };
    }

    /// <summary>Whose phones send what.</summary>
    public TenantDomains Domains { get; }

    /// <summary>Calls of each tenant, against its limits.</summary>
    public TenantCalls TenantCalls { get; }

    public RegistrarTable Registrar { get; }

    public CallTable Calls { get; }

    /// <summary>The shards by number. Set once, before their loops start.</summary>
    public IReadOnlyList<ExchangeShard> Shards { get; set; } = [];

    public ExchangeShard Shard(int index) => Shards[index];

    public SubscriptionTable Subscriptions { get; }

    /// <summary>Tells the shards what has changed of the numbers that they watch; the exchange sets it before its shards.</summary>
    public StateWatch Watch { get; set; } = null!;

    public SendingRates MessageRates { get; }

    public RoomTable Rooms { get; }

    /// <summary>Supervisors at work.</summary>
    public Monitoring.MonitorTable Monitors { get; }

    /// <summary>The queues of this node.</summary>
    public QueueDesk Queues { get; }

    /// <summary>Calls that are parked.</summary>
    public ParkingLot Parking { get; }

    public LastNumbers Last { get; } = new();

    public IdleTimes Idle { get; } = new();

    public PublicationTable Publications { get; } = new();

    public required TrunkTable Trunks { get; init; }

    /// <summary>New calls are refused with 503, but those for help.</summary>
    public bool IsDraining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <summary>Draining is over, what is left gets BYE: those for help are refused too.</summary>
    public bool IsClosing
    {
        get => _closing;
        set => _closing = value;
    }
}
