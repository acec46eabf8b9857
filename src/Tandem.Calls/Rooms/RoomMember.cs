using Tandem.Calls.Calls;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>Somebody in a room.</summary>
/// <param name="Id">Number in the room, never used again there.</param>
/// <param name="Call">The call by which it is there.</param>
/// <param name="Number">Its extension.</param>
/// <param name="Seat">How it sits.</param>
/// <param name="IsSpeaking">It was loud a moment ago.</param>
/// <param name="LevelDb">How loud, dB below full scale, when it last began or ceased to speak.</param>
public sealed record RoomMember(MemberId Id, CallId Call, string Number, MixSeat Seat, bool IsSpeaking = false, double LevelDb = -90);
