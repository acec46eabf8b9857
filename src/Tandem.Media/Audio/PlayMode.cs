namespace Tandem.Media.Audio;

/// <summary>How a playback goes together with what the side hears otherwise.</summary>
public enum PlayMode
{
    /// <summary>Instead of the other party (or the mix), and of all that plays there already, which ends.</summary>
    Replace,

    /// <summary>Together with the other party and other playbacks.</summary>
    Mix,

    /// <summary>As <see cref="Replace"/>; and what is to be played there before it ends is refused.</summary>
    Exclusive,
}
