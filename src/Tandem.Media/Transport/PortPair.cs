namespace Tandem.Media.Transport;

/// <summary>
/// An even port and the odd one after it (RFC 3550 §11), reserved for one side of one media line. The signalling side that rented
/// it owns it until it gives it to the loop to retire.
/// </summary>
internal sealed class PortPair(int index, int port)
{
    public int Index => index;

    /// <summary>The even port.</summary>
    public int Port => port;

    public bool IsV6 { get; set; }

    /// <summary>The RTP socket; open while the pair is rented.</summary>
    public MediaSocket? Rtp { get; set; }

    /// <summary>The RTCP socket; null with rtcp-mux.</summary>
    public MediaSocket? Rtcp { get; set; }
}
