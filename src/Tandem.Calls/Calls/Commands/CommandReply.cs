namespace Tandem.Calls.Calls.Commands;

/// <summary>The answer to a <see cref="CallCommand"/>.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="State">The call as it is now: what follows from the command, or what it found.</param>
/// <param name="CommandId">Names the command in events; the same in each event about it.</param>
/// <param name="Text">Why not, for people; empty when it was done or begun.</param>
public sealed record CommandReply(CommandResult Result, CallControlState State, string CommandId, string Text = "")
{
    /// <summary>True when something was done or begun.</summary>
    public bool IsAccepted => Result is CommandResult.Done or CommandResult.Begun;

    /// <summary>What was typed in secret, for who asked for it; null for anything else.</summary>
    public string? Digits { get; init; }

    // Keys are often secrets.
    public override string ToString() => $"CommandReply {{ {Result}, {State.Call.Id}, {CommandId}, {Text} }}";
}
