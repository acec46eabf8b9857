namespace Tandem.Calls.Calls.Commands;

/// <summary>A call as commands see it.</summary>
/// <param name="Call">Its picture.</param>
/// <param name="CallerMuted">Nobody hears the caller, because a command said so.</param>
/// <param name="CalleeMuted">Nobody hears the callee.</param>
/// <param name="IsParted">Both are in the call and hear music instead of each other.</param>
/// <param name="Program">The name behind <c>api:</c> of the program that is to deal with the call, or deals with it; null for none.</param>
public sealed record CallControlState(CallSnapshot Call, bool CallerMuted, bool CalleeMuted, bool IsParted, string? Program = null);
