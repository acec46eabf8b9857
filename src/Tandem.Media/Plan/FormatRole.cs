namespace Tandem.Media.Plan;

/// <summary>What a format of a media line is for.</summary>
internal enum FormatRole
{
    /// <summary>Sound in a codec that we read and write.</summary>
    Audio,

    /// <summary>telephone-event (RFC 4733).</summary>
    Event,

    /// <summary>CN (RFC 3389).</summary>
    ComfortNoise,

    /// <summary>red (RFC 2198).</summary>
    Redundancy,

    /// <summary>Anything else: it passes between two that share it.</summary>
    Other,
}
