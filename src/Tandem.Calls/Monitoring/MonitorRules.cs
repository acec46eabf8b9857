using Tandem.Core.Privacy;

namespace Tandem.Calls.Monitoring;

/// <summary>How supervisors of a tenant monitor calls by telephone, and what agents notice. Immutable.</summary>
public sealed record MonitorRules
{
    /// <summary>By telephone nobody monitors, and the API may: what holds until a tenant has set something.</summary>
    public static readonly MonitorRules Default = new();

    /// <summary>The extensions that may monitor by telephone. Default none.</summary>
    public IReadOnlyList<string> Supervisors { get; init; } = [];

    /// <summary>What they have to type first: 4 to 12 digits; null for nothing.</summary>
    public Secret? Pin { get; init; }

    /// <summary>The agent hears a tone when somebody begins to listen. Default false. The law of the country may ask for it.</summary>
    public bool TellsAgent { get; init; }

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (Supervisors.Count > 1_000 || Supervisors.Any(number => number.Length is 0 or > 15 || number.AsSpan().ContainsAnyExceptInRange('0', '9')))
            return "supervisors: at most 1000 numbers of up to 15 digits are expected";

        return Pin is { } pin && !Rooms.RoomDefinition.IsPin(pin.Reveal()) ? "pin: 4 to 12 digits are expected" : null;
    }
}
