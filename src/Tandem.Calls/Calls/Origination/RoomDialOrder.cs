using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Origination;

/// <summary>Somebody is to be added to a room: he is rung, and is in it when he answers.</summary>
/// <param name="To">Who is rung.</param>
/// <param name="Number">The same, as records and events show it.</param>
public sealed record RoomDialOrder(Destination To, string Number)
{
    /// <summary>How he comes in.</summary>
    public RoomGuest Guest { get; init; } = new();

    /// <summary>How long it may ring; null for what holds for rooms.</summary>
    public TimeSpan? RingTime { get; init; }

    /// <inheritdoc cref="OriginationOrder.Variables"/>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>How it went, for the event of the room: <c>joined</c>, <c>cancelled</c>, or <c>failed: 486</c>.</summary>
    internal static string Words(CommandOutcome outcome, int status, string detail) => outcome switch
    {
        CommandOutcome.Done => "joined",
        CommandOutcome.Cancelled => "cancelled",
        _ => detail.Length > 0 ? $"failed: {status} {detail}" : $"failed: {status}",
    };
}
