namespace Tandem.Sip.Overload;

/// <summary>When a shard refuses work, and how.</summary>
public sealed record OverloadOptions
{
    /// <summary>The options of an installation that sets none.</summary>
    public static readonly OverloadOptions Default = new();

    /// <summary>
    /// How far a shard may be behind (the time that it needs for what waits, milliseconds) before new INVITEs and REGISTERs get 503. Zero: no
    /// overload control. Default 200 ms: the answer still leaves well before T1 (500 ms), after which every client sends again and
    /// makes the load worse.
    /// </summary>
    public TimeSpan LagLimit { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>From this lag on every request outside a dialog gets 503. Default 500 ms, T1: what waits so long is sent again.</summary>
    public TimeSpan OutsideDialogsLag { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From this lag on requests inside dialogs get 503 too. Default 2 s: the refusal of everything else did not help.</summary>
    public TimeSpan InsideDialogsLag { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How full the queue to the database may be, 0 to 1, before new INVITEs and REGISTERs get 503. Default 0.5: there is room
    /// then to write down what is in progress, and no call begins whose record would be lost.
    /// </summary>
    public double PressureLimit { get; init; } = 0.5;

    /// <summary>The least Retry-After. Default 2 s: the load is gone sooner, and a person who calls again is not kept waiting.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Retry-After is at random up to so much more. Default 4 s: clients that were refused together must not come back together.</summary>
    public TimeSpan RetryAfterSpread { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long nothing must be refused until an overload is reported as over. Default 5 s: one that comes and goes is one line in the log.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(5);
}
