using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>An agent at one moment.</summary>
/// <param name="Number">His extension.</param>
/// <param name="State">What he does.</param>
/// <param name="PauseReason">Why he is paused; empty when he is not, or gave none.</param>
/// <param name="Since">Since when he is in this state.</param>
/// <param name="ReadyAt">When the wrap-up ends; <see cref="Moment.Zero"/> when there is none.</param>
/// <param name="Calls">Calls of queues that he answered since he logged in.</param>
/// <param name="Missed">Calls that he let ring or refused since then.</param>
/// <param name="Queue">The queue whose call he has or had last; empty for none.</param>
/// <param name="Queues">The queues that he is a member of.</param>
/// <param name="Login">What of him outlives a restart; null when he is not logged in. He may have a call all the same.</param>
public sealed record AgentSnapshot(
    string Number, AgentState State, string PauseReason, Moment Since, Moment ReadyAt, long Calls, long Missed, string Queue, IReadOnlyList<string> Queues, AgentLogin? Login);
