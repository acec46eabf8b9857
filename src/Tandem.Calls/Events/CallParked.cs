using Tandem.Calls.Calls;

namespace Tandem.Calls.Events;

/// <summary>The caller of the call waits in <paramref name="Slot"/>; <paramref name="ParkedBy"/> had it so, empty when no phone did.</summary>
public sealed record CallParked(CallSnapshot Call, string Slot, string ParkedBy, DateTimeOffset At) : CallEvent(Call, At), IParkedCallEvent;
