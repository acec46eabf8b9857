namespace Tandem.Media.Jitter;

/// <summary>A picture of a jitter buffer. Counts since the beginning.</summary>
/// <param name="Received">Packets put in, whatever became of them.</param>
/// <param name="Lost">Packets that were not there when their time came.</param>
/// <param name="Late">Packets that came after their time; they are among <paramref name="Lost"/> too.</param>
/// <param name="Duplicates">Packets that came again.</param>
/// <param name="Discarded">Packets thrown away in good time: too many, too long, of a stranger, or to shorten an excessive delay.</param>
/// <param name="Restarts">New sources and steps of sequence or timestamp.</param>
/// <param name="Repaired">Packets filled in from redundancy (RFC 2198).</param>
/// <param name="Waiting">Packets in the buffer now.</param>
/// <param name="CurrentMilliseconds">The delay now, behind the fastest packet of the last seconds; 0 while nothing plays.</param>
/// <param name="TargetMilliseconds">The delay that it strives for.</param>
public readonly record struct JitterReport(
    long Received,
    long Lost,
    long Late,
    long Duplicates,
    long Discarded,
    long Restarts,
    long Repaired,
    int Waiting,
    double CurrentMilliseconds,
    double TargetMilliseconds);
