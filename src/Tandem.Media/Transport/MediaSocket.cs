namespace Tandem.Media.Transport;

/// <summary>
/// A bound media socket. It belongs to the pool, then to a session, which hands it to its loop; only the loop touches
/// <see cref="Component"/> and receives.
/// </summary>
internal abstract class MediaSocket(int port, bool isV6)
{
    /// <summary>The local port.</summary>
    public int Port => port;

    public bool IsV6 => isV6;

    /// <summary>Where its packets go; null while no session uses it. Owned by the loop.</summary>
    public TransportComponent? Component { get; set; }

    /// <summary>Its place in the loop's table; -1 while no loop serves it. Owned by the loop.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>True from renting until the first plan that uses it. Owned by the signalling side.</summary>
    public bool IsFresh { get; set; } = true;

    /// <summary>The round in which it last had packets. Owned by the loop.</summary>
    public long LastRound { get; set; }

    /// <summary>Throws away what waits in the kernel, at most <paramref name="limit"/> packets.</summary>
    public abstract void Drain(int limit);

    public abstract void Close();
}
