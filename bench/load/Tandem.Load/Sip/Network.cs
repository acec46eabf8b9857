namespace Tandem.Load.Sip;

/// <summary>All links of a generator, and the loop that serves them.</summary>
internal abstract class Network : IDisposable
{
    /// <summary>Called with each message that arrives, never by two threads at once.</summary>
    public required Receiver Received { get; init; }

    public abstract IReadOnlyList<Link> Links { get; }

    public delegate void Receiver(Link link, ReadOnlySpan<byte> message);

    /// <summary>Runs <paramref name="work"/> in turn with arrivals, then sends what it made.</summary>
    public abstract void Do(Action work);

    /// <summary>Takes what arrives, for at most a millisecond.</summary>
    public abstract void Serve();

    public abstract void Dispose();
}
