using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>One line of an offer that we made. Immutable.</summary>
internal sealed record LocalLine
{
    public required OfferLine Offer { get; init; }

    public bool IsOff { get; init; }

    public required SdpSection Section { get; init; }

    public SdpTransport Profile { get; init; }

    public KeyStyle Keys { get; init; }

    public IReadOnlyList<CryptoAttribute> Crypto { get; init; } = [];

    public bool UsesIce { get; init; }

    public bool Mux { get; init; }

    public IReadOnlyList<LineFormat> Formats { get; init; } = [];

    /// <summary>The line that has the ports when the answer takes the bundle.</summary>
    public int Transport { get; init; }

    public bool IsBundled { get; init; }
}
