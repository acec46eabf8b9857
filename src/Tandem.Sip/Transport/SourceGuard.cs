using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>Bans and the rate of each source: the first thing that a packet meets. Thread-safe, no allocation.</summary>
public sealed class SourceGuard : ISourceGuard
{
    private readonly NetPrefix[] _exempt;
    private readonly RateTable? _rates;
    private long _droppedBanned;
    private long _droppedRate;

    public SourceGuard(SourceGuardOptions options, BanList bans)
    {
        Bans = bans;
        _exempt = [.. options.ExemptNetworks];
        if (options.MessagesPerSecond > 0)
            _rates = new RateTable(options.MaxMeteredSources, options.MessagesPerSecond, options.MessageBurst, options.Ipv6PrefixBits);
    }

    /// <summary>Sources that are neither banned nor metered besides the exempt networks: the other nodes of the installation. Asked for every packet. Set before the first one.</summary>
    public Func<NetAddress, bool>? IsTrusted { get; set; }

    /// <summary>The bans.</summary>
    public BanList Bans { get; }

    /// <summary>Messages and connections that were refused because of a ban.</summary>
    public long DroppedBanned => Volatile.Read(ref _droppedBanned);

    /// <summary>Messages and connections that were refused because of the rate of their source.</summary>
    public long DroppedRate => Volatile.Read(ref _droppedRate);

    /// <inheritdoc/>
    public bool Admits(in NetAddress source, Moment now)
    {
        foreach (ref readonly var network in _exempt.AsSpan())
        {
            if (network.Contains(source))
                return true;
        }

        if (IsTrusted is { } isTrusted && isTrusted(source))
            return true;

        if (Bans.IsBanned(source, now))
        {
            Interlocked.Increment(ref _droppedBanned);
            return false;
        }

        if (_rates is null || _rates.TryTake(source, now))
            return true;

        Interlocked.Increment(ref _droppedRate);
        return false;
    }
}
