namespace Tandem.Calls.Rooms;

/// <summary>The limits of rooms.</summary>
public sealed record RoomOptions
{
    /// <summary>Numbers that ring at once for one room, for people who are to be added. Default 20: a meeting is called together, a directory is not.</summary>
    public int MaxDials { get; init; } = 20;

    /// <summary>How long somebody rings who is to be added. Default 30 s, as any call.</summary>
    public TimeSpan DialTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When a room ends for all, so many calls are let go at once, and the next one with each that is over. Default 50: the calls of others wait a few milliseconds at most.</summary>
    public int EndsAtOnce { get; init; } = 50;

    /// <summary>Tones tell of who comes and leaves while the room has at most so many members. Default 30: in a larger one somebody does all the time.</summary>
    public int MaxForTones { get; init; } = 30;

    /// <summary>How often somebody may type a PIN in one call. Default 3.</summary>
    public int PinTries { get; init; } = 3;

    /// <summary>As many wrong PINs of one room, over all calls, shut it to who needs a PIN. Default 20: more than a team mistypes, far fewer than a guess needs.</summary>
    public int MaxWrongPins { get; init; } = 20;

    /// <summary>For how long. Default 15 min.</summary>
    public TimeSpan LockOut { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>From the star to the second key of a code in a room. Default 4 s.</summary>
    public TimeSpan SecondKey { get; init; } = TimeSpan.FromSeconds(4);
}
