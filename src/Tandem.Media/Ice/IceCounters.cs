namespace Tandem.Media.Ice;

/// <summary>What the agents of one loop counted. The loop writes, anybody reads.</summary>
public sealed class IceCounters
{
    private readonly long[] _verdicts = new long[(int)IceVerdict.Selected + 1];
    private long _checksSent;
    private long _consentLost;

    /// <summary>Messages by what became of them.</summary>
    public long this[IceVerdict verdict] => Volatile.Read(ref _verdicts[(int)verdict]);

    /// <summary>Checks of our own.</summary>
    public long ChecksSent => Volatile.Read(ref _checksSent);

    /// <summary>Addresses to which nothing is sent any more, since consent expired or was revoked (RFC 7675).</summary>
    public long ConsentLost => Volatile.Read(ref _consentLost);

    internal void Count(IceVerdict verdict) => Volatile.Write(ref _verdicts[(int)verdict], _verdicts[(int)verdict] + 1);

    internal void CountCheck() => Volatile.Write(ref _checksSent, _checksSent + 1);

    internal void CountLost() => Volatile.Write(ref _consentLost, _consentLost + 1);
}
