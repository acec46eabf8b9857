namespace Tandem.Media.Playback.Reading;

/// <summary>Sound without a header: 8000 samples a second of G.711 or linear 16 bit, mono.</summary>
internal static class RawReader
{
    private const int SampleRate = 8_000;

    public static bool TryOpen(Stream stream, PlaybackOptions options, RawEncoding encoding, out ISoundReader? reader, out string error)
    {
        var format = encoding switch
        {
            RawEncoding.MuLaw => SampleFormat.MuLaw,
            RawEncoding.ALaw => SampleFormat.ALaw,
            RawEncoding.L16 => SampleFormat.Pcm16Big,
            _ => SampleFormat.Pcm16Little,
        };
        var frames = stream.Length / SampleFormats.BytesOf(format);
        var duration = TimeSpan.FromSeconds((double)frames / SampleRate);
        reader = null;
        if (duration > options.MaxDuration)
        {
            error = $"the file lasts {duration:c}; at most {options.MaxDuration:c} is accepted";
            return false;
        }

        reader = new LinearReader(stream, format, 0, frames, new SoundInfo("raw, " + SampleFormats.NameOf(format), SampleRate, 1, duration));
        error = "";
        return true;
    }
}
