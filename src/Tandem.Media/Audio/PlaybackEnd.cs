namespace Tandem.Media.Audio;

/// <summary>Why a playback is over.</summary>
public enum PlaybackEnd
{
    /// <summary>The source gave all it had.</summary>
    Finished,

    /// <summary>StopPlay.</summary>
    Stopped,

    /// <summary>A later playback took its place.</summary>
    Replaced,

    /// <summary>It did not begin: an exclusive playback runs, or there are too many.</summary>
    Refused,

    /// <summary>The source failed.</summary>
    Failed,

    /// <summary>The session or the mix was closed.</summary>
    Closed,
}
