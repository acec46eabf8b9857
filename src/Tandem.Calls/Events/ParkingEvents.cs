using Tandem.Calls.Calls;

namespace Tandem.Calls.Events;

/// <summary>The caller of the call waits in <paramref name="Slot"/>; <paramref name="ParkedBy"/> had it so, empty when no phone did.</summary>
public sealed record CallParked(CallSnapshot Call, string Slot, string ParkedBy, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>The phone of <paramref name="Number"/> has taken the call out of <paramref name="Slot"/>, and the two talk.</summary>
public sealed record CallRetrieved(CallSnapshot Call, string Slot, string Number, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>Nobody came for the call in <paramref name="Slot"/>: it goes back to <paramref name="ParkedBy"/>, or on when that is empty.</summary>
public sealed record CallParkExpired(CallSnapshot Call, string Slot, string ParkedBy, DateTimeOffset At) : CallEvent(Call, At);

/// <summary>The call rang at <paramref name="Number"/>, and the phone of <paramref name="TakenBy"/> has picked it up.</summary>
public sealed record CallPickedUp(CallSnapshot Call, string Number, string TakenBy, DateTimeOffset At) : CallEvent(Call, At);
