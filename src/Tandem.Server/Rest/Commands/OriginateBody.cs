namespace Tandem.Server.Rest.Commands;

/// <summary>A call that a program wants; docs/call-control.md says what the members mean.</summary>
/// <param name="From">Who is rung first: a number or a destination.</param>
/// <param name="To">Where they are connected to.</param>
/// <param name="Profile">The id of the profile by which a number outside is called; any of the tenant without.</param>
/// <param name="RingSeconds">How long it may ring at who is rung first.</param>
/// <param name="ConnectSeconds">How long it may ring onward.</param>
/// <param name="Variables">What is to be found again in the event.</param>
public sealed record OriginateBody(
    string? From = null, string? To = null, string? Profile = null, double? RingSeconds = null, double? ConnectSeconds = null, Dictionary<string, string>? Variables = null);

/// <summary>A call that has begun.</summary>
/// <param name="Id">The call, as in <c>GET /api/calls</c> and in events.</param>
/// <param name="CommandId">Names it in the event <c>call.command</c> that tells whether both were connected.</param>
public sealed record OriginatedCall(string Id, string CommandId, string State, string From, string To);
