using Tandem.Media.Codecs;

namespace Tandem.Media.Quality;

/// <summary>
/// The E-model (ITU-T G.107, 2015): transmission rating R from delay, codec, loss and its burstiness, every other parameter at the default
/// of table 2, and the mean opinion score that R stands for (Annex B). Pure.
/// </summary>
public static class MosModel
{
    // Table 2, the defaults, in dB unless said otherwise.
    private const double SendLoudness = 8;
    private const double ReceiveLoudness = 2;
    private const double SidetoneMasking = 15;
    private const double ListenerSidetone = 18;
    private const double SendDFactor = 3;
    private const double TalkerEchoLoudness = 65;
    private const double WeightedEchoPathLoss = 110;
    private const double QuantizingUnits = 1;
    private const double CircuitNoise = -70;
    private const double ReceiverNoiseFloor = -64;
    private const double SendRoomNoise = 35;
    private const double ReceiveRoomNoise = 35;

    private const double OverallLoudness = SendLoudness + ReceiveLoudness;

    /// <summary>The rating of one direction.</summary>
    /// <param name="codec">The codec between mouth and ear; the worst one where there are several.</param>
    /// <param name="oneWayDelayMilliseconds">From mouth to ear: half the round trip, packet, jitter buffer.</param>
    /// <param name="lossFraction">Packets that were not played, 0 to 1.</param>
    /// <param name="burstRatio">1 for random loss, more when it comes in bursts (§3.5).</param>
    public static CallQuality Rate(AudioCodec codec, double oneWayDelayMilliseconds, double lossFraction, double burstRatio = 1) =>
        Rate(CodecImpairment.Of(codec), oneWayDelayMilliseconds, lossFraction, burstRatio);

    /// <inheritdoc cref="Rate(AudioCodec, double, double, double)"/>
    public static CallQuality Rate(CodecImpairment codec, double oneWayDelayMilliseconds, double lossFraction, double burstRatio = 1)
    {
        var delay = double.IsFinite(oneWayDelayMilliseconds) ? Math.Max(0, oneWayDelayMilliseconds) : 0;
        var loss = double.IsFinite(lossFraction) ? Math.Clamp(lossFraction, 0, 1) : 0;
        var bursts = double.IsFinite(burstRatio) ? Math.Max(1, burstRatio) : 1;
        var noise = Noise();
        var basic = 15 - (1.5 * (SendLoudness + noise));
        var rating = basic - Simultaneous(basic, noise, delay) - Delay(basic, noise, delay) - Equipment(codec, loss, bursts);
        return new CallQuality(Math.Clamp(rating, 0, 100), Mos(rating));
    }

    /// <summary>Annex B, B-4.</summary>
    public static double Mos(double rating) => rating switch
    {
        <= 0 => 1,
        >= 100 => 4.5,

        // Below 6.5 the polynomial goes under 1, which no score does.
        _ => Math.Max(1, 1 + (0.035 * rating) + (rating * (rating - 60) * (100 - rating) * 7e-6)),
    };

    // §3.2: No, the power of all noise at the 0 dBr point.
    private static double Noise()
    {
        var sendLevel = SendRoomNoise - SendLoudness - SendDFactor;
        var sendRoom = sendLevel - 100 + (0.004 * Math.Pow(SendRoomNoise - OverallLoudness - SendDFactor - 14, 2));
        var effective = ReceiveRoomNoise + (10 * Math.Log10(1 + Math.Pow(10, (10 - ListenerSidetone) / 10)));
        var receiveRoom = ReceiveLoudness - 121 + effective + (0.008 * Math.Pow(effective - 35, 2));
        var floor = ReceiverNoiseFloor + ReceiveLoudness;
        return 10 * Math.Log10(Power(CircuitNoise) + Power(sendRoom) + Power(receiveRoom) + Power(floor));
    }

    // §3.3: Is, what comes together with the voice.
    private static double Simultaneous(double basic, double noise, double delay)
    {
        var loudness = OverallLoudness + (0.2 * (64 + noise - ReceiveLoudness));
        var tooLow = 20 * (Math.Pow(1 + Math.Pow(loudness / 8, 8), 1.0 / 8) - (loudness / 8));

        var masking = -10 * Math.Log10(Power(-SidetoneMasking) + (Math.Exp(-delay / 4) * Power(-TalkerEchoLoudness)));
        var sidetone = (12 * Math.Pow(1 + Math.Pow((masking - 13) / 6, 8), 1.0 / 8))
            - (28 * Math.Pow(1 + Math.Pow((masking + 1) / 19.4, 35), 1.0 / 35))
            - (13 * Math.Pow(1 + Math.Pow((masking - 3) / 33, 13), 1.0 / 13))
            + 29;

        var q = 37 - (15 * Math.Log10(QuantizingUnits));
        var g = 1.07 + (0.258 * q) + (0.0602 * q * q);
        var y = ((basic - 100) / 15) + (46 / 8.4) - (g / 9);
        var z = (46.0 / 30) - (g / 40);
        var quantizing = 15 * Math.Log10(1 + Math.Pow(10, y) + Math.Pow(10, z));
        return tooLow + sidetone + quantizing;
    }

    // §3.4: Id, echo of the talker, echo of the listener, and delay as such.
    private static double Delay(double basic, double noise, double delay)
    {
        var echoLoudness = TalkerEchoLoudness - (40 * Math.Log10((1 + (delay / 10)) / (1 + (delay / 150)))) + (6 * Math.Exp(-0.3 * delay * delay));
        var withoutEcho = -1.5 * (noise - ReceiveLoudness);
        var withEcho = 80 + (2.5 * (echoLoudness - 14));
        var half = (withoutEcho - withEcho) / 2;
        var talker = (half + Math.Sqrt((half * half) + 100) - 1) * (1 - Math.Exp(-delay));

        var listenerEcho = 10.5 * (WeightedEchoPathLoss + 7) * Math.Pow((2 * delay) + 1, -0.25);
        half = (basic - listenerEcho) / 2;
        var listener = half + Math.Sqrt((half * half) + 169);

        var pure = 0.0;
        if (delay > 100)
        {
            var x = Math.Log2(delay / 100);
            pure = 25 * (Math.Pow(1 + Math.Pow(x, 6), 1.0 / 6) - (3 * Math.Pow(1 + Math.Pow(x / 3, 6), 1.0 / 6)) + 2);
        }

        return talker + listener + pure;
    }

    // §3.5: Ie,eff with Ppl in percent.
    private static double Equipment(CodecImpairment codec, double loss, double burstRatio)
    {
        var percent = loss * 100;
        return codec.Ie + ((95 - codec.Ie) * percent / ((percent / burstRatio) + codec.Bpl));
    }

    private static double Power(double decibels) => Math.Pow(10, decibels / 10);
}
