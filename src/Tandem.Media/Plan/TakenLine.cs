using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>One line of an offer that a side made, judged. Immutable.</summary>
internal sealed record TakenLine
{
    public required SdpMedia Media { get; init; }

    /// <summary>Why it cannot be served; empty when it can, or when the side itself has switched it off.</summary>
    public string Reason { get; init; } = "";

    /// <summary>It can be answered with a port.</summary>
    public bool IsUsable { get; init; }

    public KeyStyle Keys { get; init; }

    /// <summary>The key that was chosen, for <see cref="KeyStyle.Sdes"/>.</summary>
    public CryptoAttribute? Crypto { get; init; }

    public IReadOnlyList<LineFormat> Formats { get; init; } = [];

    /// <summary>The line that has the ports.</summary>
    public int Transport { get; init; }

    public bool IsBundled { get; init; }
}
