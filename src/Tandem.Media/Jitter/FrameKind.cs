namespace Tandem.Media.Jitter;

/// <summary>What a frame of a <see cref="StreamPlayer"/> holds.</summary>
public enum FrameKind
{
    /// <summary>Silence: nothing has come yet, or the sender pauses and described no noise.</summary>
    Silence,

    /// <summary>Comfort noise (RFC 3389).</summary>
    Noise,

    /// <summary>Sound that was made up in part or in whole.</summary>
    Concealed,

    /// <summary>Sound of the sender.</summary>
    Sound,
}
