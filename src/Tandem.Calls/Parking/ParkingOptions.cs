using System.Globalization;

namespace Tandem.Calls.Parking;

/// <summary>How calls are parked and picked up. Each limit says unit, default and reason.</summary>
public sealed record ParkingOptions
{
    public static readonly ParkingOptions Default = new();

    /// <summary>The first slot, a number that phones dial; an extension or a queue of that number goes before. Each tenant has slots of its own. Default 701.</summary>
    public int FirstSlot { get; init; } = 701;

    /// <summary>The last slot: so many calls of a tenant may be parked. Below the first: nothing is parked. Default 750, fifty slots.</summary>
    public int LastSlot { get; init; } = 750;

    /// <summary>How long a call stays parked. Default 90 s: longer nobody waits for someone to come to a phone.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long the one who parked is rung after that. Default 30 s: six rings.</summary>
    public TimeSpan ReturnTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where a call goes that its parker does not take back: a destination, for example <c>group:desk</c>. Default empty: it hears an apology and ends.</summary>
    public string Fallback { get; init; } = "";

    /// <summary>How long a slot is kept for who has dialled the number that parks and has not transferred yet. Default 60 s.</summary>
    public TimeSpan ReservationLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a phone waits for the call that it retrieves or picks up. Default 10 s: two phones have to agree, and one of them may have lost packets.</summary>
    public TimeSpan FetchLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whose calls may be picked up by number. Default: those of the same pickup group.</summary>
    public PickupRights DirectedPickup { get; init; } = PickupRights.Group;

    /// <summary>Slots of a tenant.</summary>
    internal int Slots => Math.Max(0, LastSlot - FirstSlot + 1);

    /// <summary>True for the number of a slot, as it is dialled.</summary>
    internal bool IsSlot(string number) =>
        number.Length is > 0 and <= 9 && char.IsAsciiDigit(number[0]) && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
        && slot >= FirstSlot && slot <= LastSlot && (number[0] != '0' || number.Length == 1);
}
