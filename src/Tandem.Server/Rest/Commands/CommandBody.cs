namespace Tandem.Server.Rest.Commands;

/// <summary>What to do with a call; which members a command reads is in docs/call-control.md.</summary>
/// <param name="Command">Its word: <c>hold</c>, <c>mute</c>, <c>transfer</c> and so on.</param>
/// <param name="Leg"><c>caller</c> or <c>callee</c>: whom it is about.</param>
/// <param name="To">Who is to be rung.</param>
/// <param name="With">The <c>id</c> of another call.</param>
/// <param name="WithLeg">Whom of the other call.</param>
/// <param name="Digits">Keys to send.</param>
/// <param name="Milliseconds">How long each key.</param>
/// <param name="Action">What of a recording: <c>start</c>, <c>stop</c>, <c>pause</c>, <c>resume</c>, <c>mask</c>, <c>unmask</c>.</param>
/// <param name="Cause">A Q.850 cause.</param>
public sealed record CommandBody(
    string? Command = null, string? Leg = null, string? To = null, string? With = null, string? WithLeg = null, string? Digits = null, int? Milliseconds = null,
    string? Action = null, int? Cause = null);
