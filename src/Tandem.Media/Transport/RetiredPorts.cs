using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Ports on their way back to the pool: a pair, or the RTCP socket alone of a pair that goes on with rtcp-mux.</summary>
internal readonly record struct RetiredPorts(PortPair? Pair, MediaSocket? Rtcp)
{
    /// <summary>Gives them back; no loop serves them any more.</summary>
    public void Return(PortPool pool, Moment now)
    {
        if (Pair is not null)
            pool.Return(Pair, now);
        if (Rtcp is not null)
            pool.CloseRtcp(Rtcp);
    }
}
