using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Ivr;

/// <summary>Where a caller is sent.</summary>
/// <param name="To">The destination.</param>
/// <param name="Timeout">How long it may ring.</param>
/// <param name="Meanwhile">What the caller hears; null for a ring back tone.</param>
/// <param name="MayLeaveExchange">False: when it leads outside, it fails.</param>
public sealed record IvrTransfer(Destination To, TimeSpan Timeout, Prompt? Meanwhile, bool MayLeaveExchange);
