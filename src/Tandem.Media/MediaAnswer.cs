namespace Tandem.Media;

/// <summary>The SDP to pass on, or why there is none.</summary>
/// <param name="Sdp">The rewritten SDP; empty when refused.</param>
/// <param name="Error">Why it was refused.</param>
/// <param name="Text">The reason in words; empty when accepted.</param>
public readonly record struct MediaAnswer(ReadOnlyMemory<byte> Sdp, MediaError Error, string Text)
{
    public bool IsAccepted => Error == MediaError.None;

    internal static MediaAnswer Refuse(MediaError error, string text) => new(default, error, text);
}
