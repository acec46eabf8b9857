using Tandem.Calls.Calls;
using Tandem.Calls.Messages;
using Tandem.Calls.Ports;
using Tandem.Calls.Publications;
using Tandem.Calls.Registrar;
using Tandem.Calls.Rooms;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;

namespace Tandem.Calls.Shards;

/// <summary>What the shards of one exchange share.</summary>
internal sealed class SharedState(ExchangeOptions options, IMediaService media, ITenantDirectory? tenants)
{
    private volatile bool _draining;

    /// <summary>Whose phones send what.</summary>
    public TenantDomains Domains { get; } =
        new(options.Tenant, options.Registrar.Extensions, tenants);

    public RegistrarTable Registrar { get; } = new(options.Shards);

    public CallTable Calls { get; } = new();

    /// <summary>The shards by number. Set once, before their loops start.</summary>
    public IReadOnlyList<ExchangeShard> Shards { get; set; } = [];

    public ExchangeShard Shard(int index) => Shards[index];

    public SubscriptionTable Subscriptions { get; } = new(options.Shards);

    /// <summary>Tells the shards what has changed of the numbers that they watch; the exchange sets it before its shards.</summary>
    public StateWatch Watch { get; set; } = null!;

    public SendingRates MessageRates { get; } = new(options.Messages.MaxPerMinute);

    public RoomTable Rooms { get; } = new(media, options.Calls.MaxRooms);

    public PublicationTable Publications { get; } = new();

    public TrunkTable Trunks { get; } = new();

    /// <summary>New calls are refused with 503.</summary>
    public bool IsDraining
    {
        get => _draining;
        set => _draining = value;
    }
}
