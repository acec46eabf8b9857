namespace Tandem.Calls.Tracing;

/// <summary>What is kept of each call for who wants to know what happened in it. All of it is in memory.</summary>
public sealed record TraceOptions
{
    public static readonly TraceOptions Default = new();

    /// <summary>Whether calls are traced at all. Default true: the one trace that matters is that of the call that has gone wrong already.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>How long the trace of an ended call is kept. Default 30 minutes: somebody has complained by then.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Traces kept, of calls in progress and ended ones. Default 10,000; the oldest of an ended call goes first.</summary>
    public int MaxCalls { get; init; } = 10_000;

    /// <summary>Bytes kept of one call. Default 64 KiB: a plain call has 10 KB of messages; what comes beyond is counted and not kept.</summary>
    public int BytesPerCall { get; init; } = 64 << 10;

    /// <summary>Bytes kept of all calls. Default 64 MiB, about 5,000 plain calls; the oldest of an ended call goes first.</summary>
    public long TotalBytes { get; init; } = 64L << 20;

    /// <summary>Between two reports of the media of a call that has just been answered; they grow rarer as it grows older. Default 30 s.</summary>
    public TimeSpan MediaInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether digits that phones send by INFO are hidden. Default true: they are card numbers and codes.</summary>
    public bool HideDigits { get; init; } = true;
}
