using Tandem.Calls.Calls;

namespace Tandem.Calls.Rooms;

/// <summary>Somebody who is rung for a room. What can change of it the table changes, under its lock.</summary>
/// <param name="number">Whom: a number, or a destination.</param>
/// <param name="guest">How he comes in.</param>
/// <param name="at">Since when.</param>
public sealed class RoomDial(string number, RoomGuest guest, DateTimeOffset at)
{
    public string Number => number;

    public RoomGuest Guest => guest;

    public DateTimeOffset At => at;

    /// <summary>The call that rings; null until it is made.</summary>
    public CallId? Call { get; internal set; }

    /// <summary>Names the order in events; empty until the call is made.</summary>
    public string CommandId { get; internal set; } = "";

    /// <summary>The room ended: it is not to ring any more.</summary>
    public bool IsCancelled { get; internal set; }

    internal Action Cancel { get; set; } = static () => { };
}
