using Tandem.Core.Time;

namespace Tandem.Sip.Engine;

/// <summary>Several observers as one.</summary>
public sealed class SipObservers(params ISipObserver[] observers) : ISipObserver
{
    private readonly ISipObserver[] _observers = [.. observers];

    /// <summary>One observer for all of these: null for none, the observer itself for one.</summary>
    public static ISipObserver? Of(params ISipObserver?[] observers)
    {
        var given = Array.FindAll(observers, observer => observer is not null);
        return given.Length switch
        {
            0 => null,
            1 => given[0],
            _ => new SipObservers(given!),
        };
    }

    /// <inheritdoc/>
    public void Seen(SipDirection direction, in SipFlow flow, ReadOnlySpan<byte> message, int shard, Moment at)
    {
        foreach (var observer in _observers)
            observer.Seen(direction, flow, message, shard, at);
    }
}
