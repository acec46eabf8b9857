namespace Tandem.Calls.Monitoring;

/// <summary>The limits of monitoring.</summary>
public sealed record MonitorOptions
{
    /// <summary>How often a supervisor may type his PIN in one call. Default 3.</summary>
    public int PinTries { get; init; } = 3;

    /// <summary>As many wrong PINs of one supervisor, over all calls, shut him out. Default 5: the PIN is his own.</summary>
    public int MaxWrongPins { get; init; } = 5;

    /// <summary>For how long. Default 15 min.</summary>
    public TimeSpan LockOut { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long the phone of a supervisor rings that the API has call. Default 30 s.</summary>
    public TimeSpan RingTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls of one agent among which the newest answered one is looked for. Default 32: no phone has more lines.</summary>
    public int MaxCallsLookedAt { get; init; } = 32;
}
