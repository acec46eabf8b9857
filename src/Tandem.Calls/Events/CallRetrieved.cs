using Tandem.Calls.Calls;

namespace Tandem.Calls.Events;

/// <summary>The phone of <paramref name="Number"/> has taken the call out of <paramref name="Slot"/>, and the two talk.</summary>
public sealed record CallRetrieved(CallSnapshot Call, string Slot, string Number, DateTimeOffset At) : CallEvent(Call, At);
