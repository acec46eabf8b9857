namespace Tandem.Media.Relay;

/// <summary>How packets of one side differ on their way to the other one, at this moment: what RTCP about them is turned by.</summary>
/// <param name="Mask">XOR of the SSRC that was sent and the one that is seen.</param>
/// <param name="Sequence">What is added to sequence numbers.</param>
/// <param name="Timestamp">What is added to timestamps.</param>
/// <param name="Source">The one SSRC that it concerns; null for all of the side.</param>
internal readonly record struct StreamShift(uint Mask, ushort Sequence, uint Timestamp, uint? Source)
{
    /// <summary>Nothing differs.</summary>
    public bool IsNone => Mask == 0 && Sequence == 0 && Timestamp == 0;

    /// <summary>True when a packet that was sent with <paramref name="ssrc"/> by the side that <paramref name="sender"/> is differs so.</summary>
    public bool Concerns(uint ssrc, LineLeg sender) => Source is { } only ? ssrc == only : sender.Statistics.Has(ssrc);
}
