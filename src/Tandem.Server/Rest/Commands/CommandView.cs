using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;

namespace Tandem.Server.Rest.Commands;

/// <summary>A command that was done or has begun, and the call as it is now.</summary>
/// <param name="CommandId">Names it in the event <c>call.command</c> that tells how it went.</param>
/// <param name="Status"><c>done</c>, or <c>begun</c>: then an event follows.</param>
/// <param name="Call">The state that follows.</param>
/// <param name="Digits">What was typed in secret, for <c>digits</c>; null for any other command.</param>
public sealed record CommandView(string CommandId, string Status, ControlView Call, string? Digits = null);

/// <summary>A command that did not fit; nothing changed.</summary>
/// <param name="Call">The state that was found.</param>
public sealed record CommandConflict(bool Success, string Error, string Code, ControlView Call);

/// <summary>A call as commands see it.</summary>
/// <param name="State"><c>INITIATED</c>, <c>RINGING</c>, <c>ESTABLISHED</c>, <c>TERMINATING</c> or <c>TERMINATED</c>.</param>
/// <param name="CallerHeld">The caller is on hold, by the callee's phone or by a command.</param>
/// <param name="CalleeHeld">The callee is on hold.</param>
/// <param name="Parted">The two hear music instead of each other, because a command said so.</param>
/// <param name="Recording"><c>none</c>, <c>recording</c>, <c>paused</c> or <c>masked</c>.</param>
/// <param name="Program">The name behind <c>api:</c> while a program is to deal with the call, or deals with it; null for none.</param>
public sealed record ControlView(
    string Id, string State, string Caller, string Callee, bool CallerHeld, bool CalleeHeld, bool CallerMuted, bool CalleeMuted, bool Parted, string Recording, string? Program)
{
    internal static ControlView From(CallControlState state) => new(
        state.Call.Id.Value, CallText.State(state.Call.State), state.Call.CallerNumber, state.Call.CalleeNumber, state.Call.HeldByCallee, state.Call.HeldByCaller,
        state.CallerMuted, state.CalleeMuted, state.IsParted, CallText.Recording(state.Call.Recording), state.Program);
}
