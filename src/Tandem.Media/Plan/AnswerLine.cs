using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>What one accepted line of an answer of ours says. Immutable.</summary>
internal sealed record AnswerLine
{
    /// <summary>Of the offer's formats those that are taken, our first choice first.</summary>
    public required IReadOnlyList<LineFormat> Formats { get; init; }

    /// <summary>Seen from us.</summary>
    public required SdpDirection Direction { get; init; }

    public int PacketMilliseconds { get; init; }

    public int MaxPacketMilliseconds { get; init; }

    public bool ReducedRtcp { get; init; }

    /// <summary>Attributes of the other side's line that pass.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    public IReadOnlyList<string> Bandwidths { get; init; } = [];
}
