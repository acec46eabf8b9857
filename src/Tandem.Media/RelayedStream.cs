using Tandem.Core.Net;
using Tandem.Media.Quality;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;

namespace Tandem.Media;

/// <summary>One relayed media line, for people to look at.</summary>
/// <param name="Kind">The SDP media type.</param>
/// <param name="AddressA">Where A's packets come from, or are expected from until the first came.</param>
/// <param name="AddressB">The same for B.</param>
/// <param name="FromA">What came from A.</param>
/// <param name="FromB">What came from B.</param>
public sealed record RelayedStream(string Kind, NetAddress AddressA, NetAddress AddressB, RtpReport FromA, RtpReport FromB)
{
    /// <summary>What A tells about what it hears.</summary>
    public RtcpRemoteView HeardByA { get; init; }

    /// <summary>The same for B.</summary>
    public RtcpRemoteView HeardByB { get; init; }

    /// <summary>How well the direction from A does.</summary>
    public StreamQuality QualityFromA { get; init; } = StreamQuality.Unknown;

    /// <summary>The same from B.</summary>
    public StreamQuality QualityFromB { get; init; } = StreamQuality.Unknown;

    /// <summary>Packets toward the port of A that were dropped, whatever the reason; bundled lines share a port and this number.</summary>
    public long DroppedA { get; init; }

    /// <summary>The same for B.</summary>
    public long DroppedB { get; init; }
}
