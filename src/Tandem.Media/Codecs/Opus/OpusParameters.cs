using System.Globalization;
using System.Text;

namespace Tandem.Media.Codecs.Opus;

/// <summary>
/// The fmtp of Opus (RFC 7587 §6.1): what a receiver wishes. Each is a wish of the side that writes it toward the other; none has to
/// agree with the other side's (§7.1). Immutable.
/// </summary>
/// <param name="MaxPlaybackRate">Hertz that the receiver can play, 8000 to 48000.</param>
/// <param name="MaxAverageBitrate">Bit/s that the receiver takes, 6000 to 510000; 0 when it names none.</param>
/// <param name="Stereo">It prefers stereo.</param>
/// <param name="InbandFec">It makes use of in-band redundancy.</param>
/// <param name="Dtx">It prefers silence suppression.</param>
/// <param name="ConstantBitrate">It prefers a constant bit rate.</param>
/// <param name="SpropStereo">It is likely to send stereo.</param>
/// <param name="SpropMaxCaptureRate">Hertz that it is likely to send at most.</param>
public sealed record OpusParameters(
    int MaxPlaybackRate = 48000,
    int MaxAverageBitrate = 0,
    bool Stereo = false,
    bool InbandFec = false,
    bool Dtx = false,
    bool ConstantBitrate = false,
    bool SpropStereo = false,
    int SpropMaxCaptureRate = 48000)
{
    /// <summary>Reads any text; what is missing, unknown or out of range counts as its default (§6.1).</summary>
    public static OpusParameters Parse(ReadOnlySpan<char> parameters)
    {
        var bitrate = FormatParameters.Number(parameters, "maxaveragebitrate", 0);
        return new OpusParameters(
            Rate(FormatParameters.Number(parameters, "maxplaybackrate", 48000)),
            bitrate is >= 6000 and <= 510_000 ? bitrate : 0,
            FormatParameters.Flag(parameters, "stereo"),
            FormatParameters.Flag(parameters, "useinbandfec"),
            FormatParameters.Flag(parameters, "usedtx"),
            FormatParameters.Flag(parameters, "cbr"),
            FormatParameters.Flag(parameters, "sprop-stereo"),
            Rate(FormatParameters.Number(parameters, "sprop-maxcapturerate", 48000)));
    }

    /// <summary>The text for <c>a=fmtp</c>: what differs from the defaults; empty when nothing does.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, "maxplaybackrate", MaxPlaybackRate, 48000);
        Append(text, "sprop-maxcapturerate", SpropMaxCaptureRate, 48000);
        Append(text, "maxaveragebitrate", MaxAverageBitrate, 0);
        Append(text, "stereo", Stereo ? 1 : 0, 0);
        Append(text, "sprop-stereo", SpropStereo ? 1 : 0, 0);
        Append(text, "cbr", ConstantBitrate ? 1 : 0, 0);
        Append(text, "useinbandfec", InbandFec ? 1 : 0, 0);
        Append(text, "usedtx", Dtx ? 1 : 0, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, int value, int usual)
    {
        if (value != usual)
            text.Append(text.Length == 0 ? "" : ";").Append(name).Append('=').Append(value.ToString(CultureInfo.InvariantCulture));
    }

    private static int Rate(int hertz) => hertz is >= 8000 and <= 48000 ? hertz : 48000;
}
