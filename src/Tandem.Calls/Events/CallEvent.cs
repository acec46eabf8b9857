using Tandem.Calls.Calls;

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

/// <summary>The call is over and has its record.</summary>
public sealed record CallEnded(CallSnapshot Call, CallDetailRecord Record, DateTimeOffset At) : CallEvent(Call, At);
