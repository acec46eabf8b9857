namespace Tandem.Media.Recording;

/// <summary>Limits of recording. A value that is out of range is named by <see cref="Problem"/>.</summary>
public sealed record RecordingOptions
{
    /// <summary>Recordings at once. Default 2000; a bound on memory: each keeps <see cref="RingSamples"/> and one second of sound.</summary>
    public int MaxRecordings { get; init; } = 2000;

    /// <summary>
    /// Samples between the media loop and the writer, of all channels of one recording; a power of two. Default 65536 (128 KiB): two seconds
    /// of two channels at 16 kHz. What finds no room is silence in the recording, and counted.
    /// </summary>
    public int RingSamples { get; init; } = 65536;

    /// <summary>Hertz of a recording: 8000, 16000 or 48000. Default 16000, so that wideband calls keep their sound.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>The longest recording. Default 4 h; then it ends and the call goes on.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(4);

    /// <summary>
    /// Free bytes that recordings leave on their disk. Default 512 MiB: below it running recordings end, new ones are refused, and calls go
    /// on.
    /// </summary>
    public long MinFreeBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Ask the disk to keep each second before the next one (fsync). Default false: a killed process loses at most a second either way, a
    /// loss of power what the system had not yet written by itself. True costs one write of the disk a second for each recording.
    /// </summary>
    public bool SyncEachSecond { get; init; }

    /// <summary>How often the writer looks for sound, when nothing wakes it. Default 100 ms.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (MaxRecordings < 0)
            return $"MaxRecordings {MaxRecordings}: 0 or more is expected";
        if (RingSamples is < 8192 or > 1 << 24 || (RingSamples & (RingSamples - 1)) != 0)
            return $"RingSamples {RingSamples}: a power of two from 8192 to 16777216 is expected";
        if (SampleRate is not (8000 or 16000 or 48000))
            return $"SampleRate {SampleRate}: 8000, 16000 or 48000 is expected";
        if (MaxDuration < TimeSpan.FromSeconds(1) || MinFreeBytes < 0)
            return "MaxDuration, MinFreeBytes: 1 s or more, 0 or more is expected";
        if (PollInterval < TimeSpan.FromMilliseconds(1) || PollInterval > TimeSpan.FromSeconds(1))
            return $"PollInterval {PollInterval}: 1 ms to 1 s is expected";
        return null;
    }
}
