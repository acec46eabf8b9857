using Tandem.Calls.Shards;

namespace Tandem.Server.Rest;

/// <summary>Messages between extensions: on their way now, and what became of them since the start.</summary>
public sealed record MessageNumbers
{
    public long UnderWay { get; init; }

    public long Delivered { get; init; }

    public long Failed { get; init; }

    internal static MessageNumbers Of(Exchange exchange) => new()
    {
        UnderWay = exchange.Shards.Sum(s => s.MessageCounters.UnderWay),
        Delivered = exchange.Shards.Sum(s => s.MessageCounters.Delivered),
        Failed = exchange.Shards.Sum(s => s.MessageCounters.Failed),
    };
}
