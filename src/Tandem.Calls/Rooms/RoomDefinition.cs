using System.Security.Cryptography;
using System.Text;
using Tandem.Core.Privacy;

namespace Tandem.Calls.Rooms;

/// <summary>A room that is kept, or what one is like that somebody makes by dialling its number. Immutable.</summary>
public sealed record RoomDefinition
{
    /// <summary>Fewest and most digits of a PIN.</summary>
    public const int ShortestPin = 4;

    /// <inheritdoc cref="ShortestPin"/>
    public const int LongestPin = 12;

    private const int LongestTitle = 100;
    private const int MostMembers = 100_000;

    /// <summary>Its digits, those behind the prefix of rooms.</summary>
    public required string Name { get; init; }

    /// <summary>For people. Default empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>The PIN of each role; digits. Default none: nobody is asked.</summary>
    public IReadOnlyDictionary<RoomRole, Secret> Pins { get; init; } = new Dictionary<RoomRole, Secret>();

    /// <summary>What one is who needs, or types, no PIN; null: who types none does not come in. Default participant.</summary>
    public RoomRole? Open { get; init; } = RoomRole.Participant;

    /// <summary>Members at once; null for as many as a mix takes.</summary>
    public int? MaxMembers { get; init; }

    /// <summary>Who comes hears music until a moderator is there. Default false.</summary>
    public bool WaitsForModerator { get; init; }

    /// <summary>All are let go when the last moderator has left. Default false.</summary>
    public bool EndsWithModerator { get; init; }

    /// <summary>Who comes, moderators not, is muted at first. Default false.</summary>
    public bool MutesOnEntry { get; init; }

    /// <summary>A tone tells the others that somebody came or left, while they are at most 30. Default true.</summary>
    public bool HasTones { get; init; } = true;

    /// <summary>A sound of the tenant that who comes hears first; empty for none.</summary>
    public string Greeting { get; init; } = "";

    /// <summary>It is recorded from when the first comes. Default false.</summary>
    public bool IsRecorded { get; init; }

    /// <summary>Somebody who comes has to type a PIN, or to say that he has none.</summary>
    public bool AsksPin => Pins.Count > 0;

    /// <summary>A room that nobody has kept.</summary>
    public static RoomDefinition Made(string name) => new() { Name = name };

    /// <summary>The role that a PIN gives, the highest of that PIN; null for none. It takes as long for a wrong PIN as for a right one.</summary>
    public RoomRole? RoleOf(string pin)
    {
        if (pin.Length == 0)
            return Open;

        RoomRole? role = null;
        foreach (var (of, secret) in Pins)
        {
            if (IsSame(secret, pin) && (role is null || of > role))
                role = of;
        }

        return role;
    }

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (!IsName(Name))
            return "name: 1 to 16 digits are expected";
        if (Title.Length > LongestTitle)
            return $"title: at most {LongestTitle} characters are expected";
        if (MaxMembers is < 1 or > MostMembers)
            return $"maxMembers: 1 to {MostMembers} is expected";
        foreach (var (role, pin) in Pins)
        {
            if (!IsPin(pin.Reveal()))
                return $"the PIN of {role.ToString().ToLowerInvariant()}: {ShortestPin} to {LongestPin} digits are expected";
        }

        if (Open is null && Pins.Count == 0)
            return "open: nobody could come in; a PIN or a role for those without one is expected";
        return WaitsForModerator && !Pins.Keys.Any(RoomRights.MayModerate) && Open?.MayModerate() != true
            ? "waitForModerator: nobody could be the moderator; a PIN for one is expected"
            : null;
    }

    /// <summary>True for what can be a PIN.</summary>
    public static bool IsPin(ReadOnlySpan<char> pin) => pin.Length is >= ShortestPin and <= LongestPin && !pin.ContainsAnyExceptInRange('0', '9');

    /// <summary>True for the name of a room: 1 to 16 digits.</summary>
    public static bool IsName(ReadOnlySpan<char> name) => name.Length is > 0 and <= 16 && !name.ContainsAnyExceptInRange('0', '9');

    private static bool IsSame(Secret secret, string pin) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret.Reveal()), Encoding.UTF8.GetBytes(pin));
}
