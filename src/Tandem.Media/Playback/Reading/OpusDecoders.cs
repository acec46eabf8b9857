using Tandem.Media.Codecs;

namespace Tandem.Media.Playback.Reading;

/// <summary>Opus decoders for files.</summary>
internal static class OpusDecoders
{
    /// <summary>A decoder that gives samples at no more than <paramref name="maxRate"/> hertz; null when the library is not on this machine.</summary>
    public static IAudioDecoder? Make(int maxRate) =>
        CodecCatalog.Find("opus", 48_000, 2) is { } format ? CodecCatalog.CreateDecoder(new PayloadFormat(96, format), maxRate) : null;
}
