using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;

namespace Tandem.Calls.Events;

/// <summary>Something that happened to a call. <paramref name="Call"/> is the picture right after it.</summary>
public abstract record CallEvent(CallSnapshot Call, DateTimeOffset At) : ExchangeEvent(Call.Tenant, At);

/// <summary>An acceptable INVITE became a call.</summary>
public sealed record CallCreated(CallSnapshot Call, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>The first contact rings.</summary>
public sealed record CallRinging(CallSnapshot Call, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>A contact answered.</summary>
public sealed record CallAnswered(CallSnapshot Call, DateTimeOffset At) : CallEvent(Call, At);

/// <summary><paramref name="By"/> pressed a key of the telephone, in whatever way its phone sends keys.</summary>
public sealed record CallDigit(CallSnapshot Call, CallSide By, char Digit, int Milliseconds, DateTimeOffset At) : CallEvent(Call, At)
{
    /// <summary>It may be part of a PIN or of another secret: the key itself is shown to nobody.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The installation wants keys among the public events.</summary>
    public bool IsTold { get; init; }

    // Keys are often secrets, and events are logged.
    public override string ToString() => $"CallDigit {{ {Call.Id}, {By} }}";
}

/// <summary><paramref name="By"/> put the other side on hold.</summary>
public sealed record CallHeld(CallSnapshot Call, CallSide By, DateTimeOffset At) : CallEvent(Call, At);

/// <summary><paramref name="By"/> took the other side back.</summary>
public sealed record CallResumed(CallSnapshot Call, CallSide By, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>The recording of the call is in another state, which the picture shows.</summary>
public sealed record CallRecordingChanged(CallSnapshot Call, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>The call is not recorded, or no longer, though it should be; it goes on.</summary>
public sealed record CallRecordingFailed(CallSnapshot Call, string Problem, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>A party of the call has gone to <paramref name="NewCall"/>; <paramref name="By"/> had it so, and leaves.</summary>
public sealed record CallTransferred(CallSnapshot Call, CallId NewCall, CallSide By, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>A command to the call ended that took longer than its reply.</summary>
/// <param name="Call">The call that got the command.</param>
/// <param name="CommandId">The id that the reply named.</param>
/// <param name="Command">The word of the command, for example <c>hold</c>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="SipStatus">What decided it; 0 for none.</param>
/// <param name="Detail">For people; empty when there is nothing to add.</param>
public sealed record CallCommandEnded(CallSnapshot Call, string CommandId, string Command, CommandOutcome Outcome, int SipStatus, string Detail, DateTimeOffset At) : CallEvent(Call, At)
{
    /// <summary>What somebody typed, where the command asked for that; null otherwise.</summary>
    public string? Digits { get; init; }

    /// <summary>What the program gave along; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    // Keys are often secrets, and events are logged.
    public override string ToString() => $"CallCommandEnded {{ {Call.Id}, {CommandId}, {Command}, {Outcome}, {SipStatus} }}";
}

/// <summary>The call waits for a program of the tenant, which is to say by commands what happens.</summary>
/// <param name="Call">The call; answered already or not.</param>
/// <param name="Name">The name behind <c>api:</c>.</param>
/// <param name="Limit">How long it waits.</param>
/// <param name="Headers">Header fields of the INVITE for applications; empty for none.</param>
public sealed record CallWaiting(CallSnapshot Call, string Name, TimeSpan Limit, IReadOnlyDictionary<string, string> Headers, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>The call is over and has its record.</summary>
public sealed record CallEnded(CallSnapshot Call, CallDetailRecord Record, DateTimeOffset At) : CallEvent(Call, At);
