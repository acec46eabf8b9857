using Tandem.Calls.Calls;

namespace Tandem.Calls.Events;

/// <summary>Nobody came for the call in <paramref name="Slot"/>: it goes back to <paramref name="ParkedBy"/>, or on when that is empty.</summary>
public sealed record CallParkExpired(CallSnapshot Call, string Slot, string ParkedBy, DateTimeOffset At) : CallEvent(Call, At), IParkedCallEvent;
