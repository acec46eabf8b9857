namespace Tandem.Calls.Calls.Held;

/// <summary>How the wait of an unanswered call for a program ended.</summary>
internal enum WaitEnd
{
    /// <summary>The call is over, or is to end.</summary>
    Over,

    /// <summary>No program said what happens, for too long.</summary>
    TimedOut,

    /// <summary>The call is to be answered.</summary>
    Answer,

    /// <summary>The caller is to go somewhere else.</summary>
    Onward,
}
