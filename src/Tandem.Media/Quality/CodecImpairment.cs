using Tandem.Media.Codecs;

namespace Tandem.Media.Quality;

/// <summary>What a codec costs in the E-model (ITU-T G.113): how much it degrades speech, and how well it stands random loss.</summary>
/// <param name="Ie">The impairment factor without loss, 0 to 95.</param>
/// <param name="Bpl">The robustness against packet loss, above 0.</param>
public readonly record struct CodecImpairment(double Ie, double Bpl)
{
    /// <summary>
    /// Of <paramref name="codec"/> with concealment. G.711 and G.729A by G.113 Appendix I. GSM full rate has its Ie there and no Bpl: that of
    /// its successor is taken. Wideband codecs are rated on the same narrowband scale, on which the best is the network itself: Ie 0, and a
    /// Bpl of our own estimate, that of G.711 with concealment, for G.722 and Opus (with its redundancy off).
    /// </summary>
    public static CodecImpairment Of(AudioCodec codec) => codec switch
    {
        AudioCodec.G729 => new(11, 19),
        AudioCodec.Gsm => new(20, 10),
        _ => new(0, 25.1),
    };
}
