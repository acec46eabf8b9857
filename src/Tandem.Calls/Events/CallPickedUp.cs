using Tandem.Calls.Calls;

namespace Tandem.Calls.Events;

/// <summary>The call rang at <paramref name="Number"/>, and the phone of <paramref name="TakenBy"/> has picked it up.</summary>
public sealed record CallPickedUp(CallSnapshot Call, string Number, string TakenBy, DateTimeOffset At) : CallEvent(Call, At);
