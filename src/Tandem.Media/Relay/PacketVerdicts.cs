namespace Tandem.Media.Relay;

/// <summary>The verdicts as a set.</summary>
internal static class PacketVerdicts
{
    /// <summary>How many there are.</summary>
    public const int Count = (int)PacketVerdict.Mismatch + 1;

    /// <summary>True when the packet was dropped.</summary>
    public static bool IsDrop(this PacketVerdict verdict) => verdict >= PacketVerdict.Invalid;
}
