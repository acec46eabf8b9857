namespace Tandem.Calls.Rooms;

/// <summary>How somebody comes into a room who was called for it: nobody asks him for a PIN.</summary>
/// <param name="Role">What he is there.</param>
/// <param name="IsMuted">He is muted at first.</param>
/// <param name="Name">How people know him; empty for his number alone.</param>
public sealed record RoomGuest(RoomRole Role = RoomRole.Participant, bool IsMuted = false, string Name = "")
{
    /// <summary>The longest <see cref="Name"/>.</summary>
    public const int LongestName = 64;
}
