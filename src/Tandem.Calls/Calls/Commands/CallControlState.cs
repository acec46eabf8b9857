namespace Tandem.Calls.Calls.Commands;

/// <summary>A call as commands see it.</summary>
/// <param name="Call">Its picture.</param>
/// <param name="CallerMuted">Nobody hears the caller, because a command said so.</param>
/// <param name="CalleeMuted">Nobody hears the callee.</param>
/// <param name="IsParted">Both are in the call and hear music instead of each other.</param>
public sealed record CallControlState(CallSnapshot Call, bool CallerMuted, bool CalleeMuted, bool IsParted);
