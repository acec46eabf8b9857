using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>A room as it is now.</summary>
/// <param name="Name">Its number.</param>
/// <param name="OpenedAt">When the first came.</param>
/// <param name="Members">Who is in it, in the order in which they came.</param>
/// <param name="Routes">What the matrix says besides.</param>
/// <param name="Definition">What it is like.</param>
/// <param name="IsLocked">Only moderators come in.</param>
/// <param name="Speaker">Who speaks the loudest; null while all are silent.</param>
/// <param name="Recording">The recording that is being made of it; empty for none.</param>
/// <param name="Version">Grows with each change.</param>
public sealed record RoomSnapshot(
    string Name, DateTimeOffset OpenedAt, IReadOnlyList<RoomMember> Members, IReadOnlyList<RoomRoute> Routes, RoomDefinition Definition, bool IsLocked,
    MemberId? Speaker, string Recording, long Version);
