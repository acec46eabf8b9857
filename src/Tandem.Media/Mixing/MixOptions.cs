namespace Tandem.Media.Mixing;

/// <summary>The limits and times of one mix.</summary>
public sealed record MixOptions
{
    /// <summary>Members at once, sources included. Default 1000; a bound on memory (about 20 kB each with its coders) and on the work of a tick.</summary>
    public int MaxMembers { get; init; } = 1000;

    /// <summary>
    /// The highest rate at which the mix works, Hz: 8000, 16000 or 48000. It takes the highest rate that a member has, up to this one.
    /// Default 16000: wideband, at a third of the work of 48000.
    /// </summary>
    public int MaxSampleRate { get; init; } = 16000;

    /// <summary>Entries of the routing matrix that differ from the default. Default 4000: every member of a full mix may have some.</summary>
    public int MaxRoutes { get; init; } = 4000;

    /// <summary>Members who speak are told at most so often. Default 500 ms.</summary>
    public TimeSpan SpeakersInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many speakers an event names, the loudest first. Default 8.</summary>
    public int MaxSpeakers { get; init; } = 8;

    /// <summary>Above this level, dB below full scale, a member speaks. Default -50: above the noise of a quiet office.</summary>
    public double SpeechLevelDb { get; init; } = -50;

    /// <summary>How long a member still counts as speaking after the last loud moment. Default 400 ms: longer than the gaps between words.</summary>
    public TimeSpan SpeechHangover { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// Members who do not speak are left out of the sum. Default true: the noise of a thousand lines is not added up, and all who are
    /// silent hear the same, which is encoded once.
    /// </summary>
    public bool LeaveOutSilence { get; init; } = true;

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (MaxMembers is < 1 or > 100_000)
            return $"MaxMembers {MaxMembers}: 1 to 100000 is expected";
        if (MaxSampleRate is not (8000 or 16000 or 48000))
            return $"MaxSampleRate {MaxSampleRate}: 8000, 16000 or 48000 is expected";
        if (MaxRoutes < 0 || MaxSpeakers < 1)
            return "MaxRoutes, MaxSpeakers: too small";
        if (SpeakersInterval < TimeSpan.Zero || SpeechHangover < TimeSpan.Zero)
            return "SpeakersInterval, SpeechHangover: a time of 0 or more is expected";
        return SpeechLevelDb is >= -90 and <= 0 ? null : $"SpeechLevelDb {SpeechLevelDb}: -90 to 0 is expected";
    }
}
