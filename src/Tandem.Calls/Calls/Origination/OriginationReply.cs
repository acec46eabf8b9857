using Tandem.Calls.Calls.Commands;

namespace Tandem.Calls.Calls.Origination;

/// <summary>What became of an <see cref="OriginationOrder"/> at the moment it was taken.</summary>
/// <param name="Result">Begun, or why not.</param>
/// <param name="Call">The call; null unless it began.</param>
/// <param name="CommandId">Names the order in the event that tells how it went; empty unless it began.</param>
/// <param name="Text">Why not, for people.</param>
public sealed record OriginationReply(CommandResult Result, CallSnapshot? Call, string CommandId = "", string Text = "");
