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
/// <param name="Play">What is played: names of sounds, <c>tone:busy</c>, <c>number:42</c>, <c>music:default</c> and so on, one behind the other.</param>
/// <param name="Loop">Over and over.</param>
/// <param name="Text">What is said.</param>
/// <param name="Language">Of words and numbers (RFC 5646).</param>
/// <param name="Max">Most digits to read.</param>
/// <param name="Terminator">The key that ends them; empty for none.</param>
/// <param name="FirstSeconds">How long the first key is waited for.</param>
/// <param name="BetweenSeconds">How long each further one.</param>
/// <param name="Secret">What is typed is a secret: the event shows stars, and <c>digits</c> fetches it.</param>
/// <param name="Of">The <c>commandId</c> of a secret <c>collect</c>.</param>
public sealed record CommandBody(
    string? Command = null, string? Leg = null, string? To = null, string? With = null, string? WithLeg = null, string? Digits = null, int? Milliseconds = null,
    string? Action = null, int? Cause = null, IReadOnlyList<string>? Play = null, bool Loop = false, string? Text = null, string? Language = null, int? Max = null, string? Terminator = null,
    double? FirstSeconds = null, double? BetweenSeconds = null, string? Slot = null, bool Secret = false, string? Of = null);
