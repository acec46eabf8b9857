namespace Tandem.Media.Codecs;

/// <summary>The codecs by the names that they have in SDP.</summary>
public static class AudioCodecs
{
    /// <summary>Every codec with its name.</summary>
    public static IReadOnlyList<(string Name, AudioCodec Codec)> Names { get; } =
    [
        ("opus", AudioCodec.Opus),
        ("G722", AudioCodec.G722),
        ("PCMU", AudioCodec.Pcmu),
        ("PCMA", AudioCodec.Pcma),
        ("G729", AudioCodec.G729),
        ("GSM", AudioCodec.Gsm),
        ("L16", AudioCodec.L16),
    ];

    /// <summary>The codecs of a list of names separated by commas, in its order; a name that is none of ours is left out.</summary>
    public static IReadOnlyList<AudioCodec> Parse(string list)
    {
        var codecs = new List<AudioCodec>();
        foreach (var word in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var (name, codec) in Names)
            {
                if (name.Equals(word, StringComparison.OrdinalIgnoreCase) && !codecs.Contains(codec))
                    codecs.Add(codec);
            }
        }

        return codecs;
    }
}
