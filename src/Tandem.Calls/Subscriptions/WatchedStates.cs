namespace Tandem.Calls.Subscriptions;

/// <summary>What of an extension has changed; each package says which of these it tells.</summary>
[Flags]
internal enum WatchedStates
{
    None = 0,
    Calls = 1,
    Registration = 2,
    Mailbox = 4,
    Publications = 8,

    /// <summary>A registration was refreshed: only its lifetime has changed.</summary>
    Refreshes = 16,

    /// <summary>Who is in a room, and how.</summary>
    Rooms = 32,
}
