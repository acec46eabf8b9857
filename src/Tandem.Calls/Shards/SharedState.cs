using Tandem.Calls.Calls;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Shards;

/// <summary>What the shards of one exchange share.</summary>
internal sealed class SharedState(int shards)
{
    private volatile bool _draining;

    public RegistrarTable Registrar { get; } = new(shards);

    public CallTable Calls { get; } = new();

    /// <summary>The shards by number. Set once, before their loops start.</summary>
    public IReadOnlyList<ExchangeShard> Shards { get; set; } = [];

    public ExchangeShard Shard(int index) => Shards[index];

    /// <summary>New calls are refused with 503.</summary>
    public bool IsDraining
    {
        get => _draining;
        set => _draining = value;
    }
}
