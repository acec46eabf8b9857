namespace Tandem.Media.Jitter;

/// <summary>What fills the next piece of sound.</summary>
public enum JitterAction
{
    /// <summary>Nothing has come, or the first packet is not due yet: silence.</summary>
    Wait,

    /// <summary>Decode the payload.</summary>
    Decode,

    /// <summary>A packet is missing: conceal it.</summary>
    Conceal,

    /// <summary>A packet is missing and the next one is here: take its redundancy out of the payload given, or conceal.</summary>
    Recover,

    /// <summary>A description of noise came (RFC 3389): it holds from here on. Takes no time.</summary>
    Noise,

    /// <summary>The sender is silent: comfort noise as described last, or silence.</summary>
    Pause,
}
