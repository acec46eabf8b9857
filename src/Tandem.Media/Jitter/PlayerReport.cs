namespace Tandem.Media.Jitter;

/// <summary>A picture of a <see cref="StreamPlayer"/>, for the API and the quality model. Counts and times since the beginning.</summary>
/// <param name="Buffer">Packets and delay.</param>
/// <param name="ConcealedMilliseconds">Sound made up for packets that were lost or late.</param>
/// <param name="RecoveredMilliseconds">Sound taken from the in-band redundancy of the next packet (Opus FEC).</param>
/// <param name="StretchedMilliseconds">Sound put in to raise the delay.</param>
/// <param name="ShortenedMilliseconds">Sound left out to lower the delay.</param>
/// <param name="Unreadable">Payloads that the decoder could not read, or of a type that was not agreed.</param>
public readonly record struct PlayerReport(
    JitterReport Buffer,
    double ConcealedMilliseconds,
    double RecoveredMilliseconds,
    double StretchedMilliseconds,
    double ShortenedMilliseconds,
    long Unreadable);
