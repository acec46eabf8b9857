namespace Tandem.Calls.Calls.Programs;

/// <summary>How a prompt ended.</summary>
public enum PlayEnd
{
    /// <summary>It was played to its end.</summary>
    Finished,

    /// <summary>The person pressed a key, which still waits to be read.</summary>
    Key,

    /// <summary>It could not be played: there is no sound negotiated, or its source broke.</summary>
    Failed,

    /// <summary>The person is gone.</summary>
    Gone,
}
