namespace Tandem.Media.Playback.Prompts;

/// <summary>Why a sound was not stored.</summary>
public enum SaveError
{
    /// <summary>It was stored.</summary>
    None,

    /// <summary>The name is not acceptable.</summary>
    BadName,

    /// <summary>The content is not sound that can be played.</summary>
    BadContent,

    /// <summary>There are more bytes than an upload may have.</summary>
    TooLarge,

    /// <summary>The tenant has as many sounds, or as many bytes of them, as he may.</summary>
    Full,

    /// <summary>The disk does not take it.</summary>
    Disk,
}
