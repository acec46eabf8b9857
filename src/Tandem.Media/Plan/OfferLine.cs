using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>What one line of an offer of ours is made of. Immutable.</summary>
internal sealed record OfferLine
{
    public required string Kind { get; init; }

    /// <summary>The line is offered with port 0: it is off, or cannot pass.</summary>
    public bool IsOff { get; init; }

    /// <summary>The protocol and formats that a refused line is written with, and the attributes that pass; null when the line is our own.</summary>
    public SdpMedia? Source { get; init; }

    /// <summary>The formats of the other side; empty when the line is our own.</summary>
    public IReadOnlyList<LineFormat> Formats { get; init; } = [];

    /// <summary>Codecs that the other side does not speak are added.</summary>
    public bool Adds { get; init; } = true;

    public SdpDirection Direction { get; init; } = SdpDirection.SendRecv;
}
