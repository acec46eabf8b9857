namespace Tandem.Calls.Calls;

/// <summary>How a call ended: every call has exactly one.</summary>
/// <param name="Result">Whose matter it was.</param>
/// <param name="Reason">Why.</param>
/// <param name="SipStatus">The final SIP status of the INVITE (200 for an answered call).</param>
/// <param name="EndedBy">Who hung up, cancelled or refused.</param>
/// <param name="Cause">The Q.850 cause (RFC 3326), 0 when there is none.</param>
/// <param name="Text">A short text for people; empty when there is nothing to add.</param>
public sealed record Verdict(ResultClass Result, EndReason Reason, int SipStatus, CallSide EndedBy, int Cause = 0, string Text = "");
