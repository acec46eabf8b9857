using Tandem.Media.Mixing;

namespace Tandem.Calls.Calls.Origination;

/// <summary>A supervisor's own phone is to be rung, and he is to hear the calls of an agent when he answers.</summary>
/// <param name="Supervisor">His extension.</param>
/// <param name="Agent">The number of the agent.</param>
public sealed record MonitorOrder(string Supervisor, string Agent)
{
    /// <summary>The call; null for the agent's newest.</summary>
    public CallId? Call { get; init; }

    /// <summary>How he begins.</summary>
    public MonitorMode Mode { get; init; } = MonitorMode.Listen;

    /// <summary>He stays when the call ends, for the agent's next one.</summary>
    public bool Follows { get; init; } = true;

    /// <summary>How long his phone rings; null for what holds for monitoring.</summary>
    public TimeSpan? RingTime { get; init; }
}
