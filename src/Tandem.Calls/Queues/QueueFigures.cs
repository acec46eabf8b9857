namespace Tandem.Calls.Queues;

/// <summary>A queue at one moment, and what came of its callers in the last hour.</summary>
public sealed record QueueFigures
{
    public required string Queue { get; init; }

    /// <summary>Callers who wait now, callbacks too.</summary>
    public int Waiting { get; init; }

    /// <summary>Callbacks among them.</summary>
    public int Callbacks { get; init; }

    /// <summary>How long the one who has waited longest has.</summary>
    public TimeSpan Longest { get; init; }

    /// <summary>What a caller who comes now is told; null when no agent works.</summary>
    public TimeSpan? Estimate { get; init; }

    /// <summary>Members who are logged in.</summary>
    public int LoggedIn { get; init; }

    public int Paused { get; init; }

    public int Free { get; init; }

    public int Ringing { get; init; }

    public int Talking { get; init; }

    public int WrapUp { get; init; }

    /// <summary>Callers who joined in the last hour.</summary>
    public long Joined { get; init; }

    public long Answered { get; init; }

    public long Abandoned { get; init; }

    public long Overflowed { get; init; }

    /// <summary>Answered within the time of the service level.</summary>
    public long InTime { get; init; }

    /// <summary>The share of answered and abandoned callers who were answered in time, 0 to 1; null when there were none.</summary>
    public double? ServiceLevel => Answered + Abandoned > 0 ? (double)InTime / (Answered + Abandoned) : null;

    /// <summary>What the answered ones waited on the average.</summary>
    public TimeSpan AverageWait { get; init; }

    /// <summary>What calls lasted on the average, wrap-up not counted.</summary>
    public TimeSpan AverageCall { get; init; }
}
