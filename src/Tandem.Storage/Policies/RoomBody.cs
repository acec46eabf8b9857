using Tandem.Calls.Rooms;
using Tandem.Core.Privacy;

namespace Tandem.Storage.Policies;

/// <summary>A room as JSON in the database.</summary>
internal sealed record RoomBody
{
    public string Title { get; set; } = "";

    /// <summary>The PIN of each role, by its name.</summary>
    public Dictionary<string, string> Pins { get; set; } = [];

    public string? Open { get; set; }

    public int? MaxMembers { get; set; }

    public bool WaitsForModerator { get; set; }

    public bool EndsWithModerator { get; set; }

    public bool MutesOnEntry { get; set; }

    public bool HasTones { get; set; } = true;

    public string Greeting { get; set; } = "";

    public bool IsRecorded { get; set; }

    public static RoomBody From(RoomDefinition room) => new()
    {
        Title = room.Title,
        Pins = room.Pins.ToDictionary(pin => pin.Key.ToString(), pin => pin.Value.Reveal()),
        Open = room.Open?.ToString(),
        MaxMembers = room.MaxMembers,
        WaitsForModerator = room.WaitsForModerator,
        EndsWithModerator = room.EndsWithModerator,
        MutesOnEntry = room.MutesOnEntry,
        HasTones = room.HasTones,
        Greeting = room.Greeting,
        IsRecorded = room.IsRecorded,
    };

    public RoomDefinition ToRoom(string name) => new()
    {
        Name = name,
        Title = Title,
        Pins = Pins.Where(pin => Enum.TryParse<RoomRole>(pin.Key, out _)).ToDictionary(pin => Enum.Parse<RoomRole>(pin.Key), pin => new Secret(pin.Value)),
        Open = Enum.TryParse<RoomRole>(Open, out var open) ? open : null,
        MaxMembers = MaxMembers,
        WaitsForModerator = WaitsForModerator,
        EndsWithModerator = EndsWithModerator,
        MutesOnEntry = MutesOnEntry,
        HasTones = HasTones,
        Greeting = Greeting,
        IsRecorded = IsRecorded,
    };
}
