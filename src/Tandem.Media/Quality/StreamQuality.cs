using Tandem.Media.Codecs;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;

namespace Tandem.Media.Quality;

/// <summary>
/// How well one direction of an audio line does, on both legs that it crosses: from the sender to us, as we measure, and from us to the
/// receiver, as that one reports. Worked out when somebody asks; a packet costs nothing.
/// </summary>
/// <param name="Codec">The encoding name (RFC 8866 §6.6) of what the sender sent last; empty while nothing known came.</param>
/// <param name="RoundTripMilliseconds">From us to the sender and back; null while it has not answered a sender report.</param>
/// <param name="DelayMilliseconds">From mouth to us as <paramref name="Mos"/> takes it.</param>
/// <param name="Mos">The mean opinion score of what reaches us (ITU-T G.107), 1 to 4.5; null without sound of a codec that we know.</param>
/// <param name="Heard">What the receiver reports; null while it reports nothing.</param>
public readonly record struct StreamQuality(string Codec, double? RoundTripMilliseconds, double DelayMilliseconds, double? Mos, HeardQuality? Heard)
{
    /// <summary>
    /// A jitter buffer that nobody measures, because the sound is only relayed: two packets of the usual length, and no less than twice the
    /// jitter, which holds nearly all packets (RFC 3550 §A.8 gives a mean deviation).
    /// </summary>
    internal const double NominalBufferMilliseconds = 40;

    /// <summary>Nothing is known.</summary>
    public static readonly StreamQuality Unknown = new("", null, 0, null, null);

    /// <summary>Works a direction out.</summary>
    /// <param name="format">What the sender sent last; null when nothing came, or of a codec unknown to us.</param>
    /// <param name="received">What came from the sender.</param>
    /// <param name="bufferMilliseconds">The delay of our jitter buffer; null when the sound is only relayed.</param>
    /// <param name="sender">What the sender tells about the way back, of which the round trip is taken.</param>
    /// <param name="written">What we write to the receiver; null when it gets the sender's packets.</param>
    /// <param name="receiver">What the receiver tells about what it hears.</param>
    public static StreamQuality Of(
        AudioFormat? format, in RtpReport received, double? bufferMilliseconds, in RtcpRemoteView sender, AudioFormat? written, in RtcpRemoteView receiver)
    {
        var delay = Delay(sender.RoundTripMilliseconds, bufferMilliseconds ?? Buffer(received.JitterMilliseconds));
        double? mos = format is not null && received.Packets > 0
            ? MosModel.Rate(format.Codec, delay, received.TotalLossFraction, received.BurstRatio).Mos
            : null;
        return new StreamQuality(format?.Name ?? "", sender.RoundTripMilliseconds, delay, mos, HeardBy(written ?? format, receiver));
    }

    private static HeardQuality? HeardBy(AudioFormat? format, in RtcpRemoteView receiver)
    {
        if (receiver.Reports == 0)
            return null;

        var delay = Delay(receiver.RoundTripMilliseconds, Buffer(receiver.JitterMilliseconds ?? 0));
        double? mos = format is not null ? MosModel.Rate(format.Codec, delay, receiver.MeanLossFraction).Mos : null;
        return new HeardQuality(receiver.MeanLossFraction, receiver.JitterMilliseconds, mos);
    }

    private static double Delay(double? roundTripMilliseconds, double bufferMilliseconds) => ((roundTripMilliseconds ?? 0) / 2) + bufferMilliseconds;

    private static double Buffer(double jitterMilliseconds) => Math.Max(NominalBufferMilliseconds, 2 * jitterMilliseconds);
}
