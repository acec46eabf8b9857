namespace Tandem.Media.Recording;

/// <summary>What of a tap a recording keeps.</summary>
public enum RecordingChannels : byte
{
    /// <summary>One channel: what comes from the tapped side and what goes to it, added.</summary>
    Mixed = 1,

    /// <summary>Two: left what comes from the tapped side (the caller), right what goes to it.</summary>
    Stereo = 2,

    /// <summary>One: only what comes from the tapped side.</summary>
    First = 3,
}
