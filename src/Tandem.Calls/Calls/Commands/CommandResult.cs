namespace Tandem.Calls.Calls.Commands;

/// <summary>What became of a command at the moment it was answered.</summary>
public enum CommandResult : byte
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It has begun; an event tells how it went.</summary>
    Begun,

    /// <summary>It does not fit the state of the call; nothing changed.</summary>
    Refused,

    /// <summary>What it asks for cannot be: there is no such thing, or it is malformed; nothing changed.</summary>
    Invalid,

    /// <summary>The exchange cannot do it now: limits, a recorder that is away; nothing changed.</summary>
    Unavailable,
}
