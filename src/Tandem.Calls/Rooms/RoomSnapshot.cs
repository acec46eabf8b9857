namespace Tandem.Calls.Rooms;

/// <summary>A room as it is now.</summary>
/// <param name="Name">Its number.</param>
/// <param name="OpenedAt">When the first came.</param>
/// <param name="Members">Who is in it, in the order in which they came.</param>
/// <param name="Routes">What the matrix says besides.</param>
public sealed record RoomSnapshot(string Name, DateTimeOffset OpenedAt, IReadOnlyList<RoomMember> Members, IReadOnlyList<RoomRoute> Routes);
