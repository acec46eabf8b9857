namespace Tandem.Calls.Queues;

/// <summary>What of an agent outlives a restart.</summary>
/// <param name="Number">His extension.</param>
/// <param name="IsPaused">He takes no calls for now.</param>
/// <param name="PauseReason">Why; empty for none.</param>
public sealed record AgentLogin(string Number, bool IsPaused = false, string PauseReason = "");
