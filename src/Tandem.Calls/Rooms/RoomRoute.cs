using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>An exception of the matrix of a room.</summary>
/// <param name="From">Who is heard.</param>
/// <param name="To">Who hears.</param>
/// <param name="GainDb">How much louder, dB; null for not at all.</param>
public sealed record RoomRoute(MemberId From, MemberId To, double? GainDb);
