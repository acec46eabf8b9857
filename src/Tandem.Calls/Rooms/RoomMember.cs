using Tandem.Calls.Calls;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>Somebody in a room.</summary>
/// <param name="Id">Number in the room, never used again there.</param>
/// <param name="Call">The call by which it is there.</param>
/// <param name="Number">Its extension.</param>
/// <param name="Seat">How it sits; who waits or only listens is not heard, whatever this says.</param>
/// <param name="Role">What it is there.</param>
/// <param name="JoinedAt">Since when it is there.</param>
/// <param name="IsWaiting">It hears music until a moderator is there.</param>
/// <param name="HasHandUp">It has raised its hand.</param>
/// <param name="IsSpeaking">It was loud a moment ago.</param>
/// <param name="LevelDb">How loud, dB below full scale, when it last began or ceased to speak.</param>
public sealed record RoomMember(
    MemberId Id, CallId Call, string Number, MixSeat Seat, RoomRole Role = RoomRole.Participant, DateTimeOffset JoinedAt = default, bool IsWaiting = false,
    bool HasHandUp = false, bool IsSpeaking = false, double LevelDb = -90)
{
    /// <summary>How people know him who was called for the room; empty for his number alone.</summary>
    public string Name { get; init; } = "";

    /// <summary>He was called for the room; else he dialled it.</summary>
    public bool WasCalled { get; init; }

    /// <summary>How it sits in the mix.</summary>
    internal MixSeat Effective => IsWaiting
        ? Seat with { IsMuted = true, IsDeaf = true }
        : Role.MaySpeak() ? Seat : Seat with { IsMuted = true };
}
