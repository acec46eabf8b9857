using Tandem.Media.Codecs.G711;
using Tandem.Media.Codecs.G722;
using Tandem.Media.Codecs.G729;
using Tandem.Media.Codecs.Gsm;
using Tandem.Media.Codecs.Linear;
using Tandem.Media.Codecs.Opus;
using Tandem.Media.Native;
using Ascii = System.Text.Ascii;

namespace Tandem.Media.Codecs;

/// <summary>
/// The audio formats that we can read and write, and their coders. A codec whose library is not on this machine is in no list and found
/// under no name. Thread-safe; the coders that it makes are for one thread at a time.
/// </summary>
public static class CodecCatalog
{
    /// <summary>Payload bytes of one packet that we write at most: RTP, SRTP, UDP and IPv6 headers still fit into 1500.</summary>
    public const int MaxPacketPayload = 1360;

    /// <summary>Free Opus coders kept of each kind and rate: 64 take about 2 MB and serve the starts and ends of a busy second.</summary>
    private const int MaxPooled = 64;

    private static CodecOptions _options = new();

    private static readonly AudioFormat[] Formats = FormatsWith(NativeLibraries.IsAvailable);

    private static readonly string OpusAlways = new OpusParameters(InbandFec: true).ToString();
    private static readonly string OpusWithDtx = new OpusParameters(InbandFec: true, Dtx: true).ToString();
    private static readonly CoderPool<int, OpusDecoder> Decoders = new(MaxPooled, rate => new OpusDecoder(rate), d => d.Dispose());
    private static readonly CoderPool<int, OpusEncoder> Encoders = new(MaxPooled, rate => new OpusEncoder(rate), e => e.Dispose());

    /// <summary>
    /// What we offer when nothing else is set, best first: Opus, G.722, PCMU, PCMA, G.729, GSM, L16 at 16 and 8 kHz. What else can be read
    /// is in <see cref="All"/>.
    /// </summary>
    public static IReadOnlyList<AudioFormat> Available { get; } = [.. Formats.Where(IsOffered)];

    /// <summary>All that we read and write: <see cref="Available"/>, then L16 at 44.1 and 48 kHz, and of two channels at 8 and 16 kHz.</summary>
    public static IReadOnlyList<AudioFormat> All => Formats;

    /// <summary>What coders and resamplers do that are made without options of their own. The process sets it once, before its first call.</summary>
    public static CodecOptions Options
    {
        get => Volatile.Read(ref _options);
        set => Volatile.Write(ref _options, value);
    }

    /// <summary>
    /// The format that <c>a=rtpmap</c> names, in any case; null when we do not speak it. <paramref name="channels"/> is 1 when rtpmap
    /// names none; Opus is always 2 (RFC 7587 §7).
    /// </summary>
    public static AudioFormat? Find(ReadOnlySpan<char> name, int clockRate, int channels = 1)
    {
        foreach (var format in Formats)
        {
            if (format.ClockRate == clockRate && format.Channels == channels && name.Equals(format.Name, StringComparison.OrdinalIgnoreCase))
                return format;
        }

        return null;
    }

    /// <summary>The same for a name as it stands in an SDP.</summary>
    public static AudioFormat? Find(ReadOnlySpan<byte> name, int clockRate, int channels = 1)
    {
        foreach (var format in Formats)
        {
            if (format.ClockRate == clockRate && format.Channels == channels && Ascii.EqualsIgnoreCase(name, format.Name))
                return format;
        }

        return null;
    }

    /// <summary>The format of a static payload type (RFC 3551 §6); null when it is not one that we speak.</summary>
    public static AudioFormat? ByStaticType(int payloadType)
    {
        foreach (var format in Formats)
        {
            if (format.StaticPayloadType == payloadType && payloadType >= 0)
                return format;
        }

        return null;
    }

    /// <summary>
    /// True when what the one side sends the other can read, so that packets may pass as they are. The parameters of Opus are wishes and
    /// part nobody (RFC 7587 §7.1); G.729 with silence frames and without are two (annexb of RFC 4856).
    /// </summary>
    public static bool Shares(PayloadFormat a, PayloadFormat b) =>
        a.Format == b.Format && (a.Format.Codec != AudioCodec.G729 || TakesSilence(a.Parameters) == TakesSilence(b.Parameters));

    /// <summary>What we write as <c>a=fmtp</c> of a format that we offer or answer; empty when there is nothing to say.</summary>
    /// <param name="offered">The parameters of the offer that we answer; empty when we offer.</param>
    public static string Parameters(AudioFormat format, string offered = "", CodecOptions? options = null) => format.Codec switch
    {
        AudioCodec.Opus => (options ?? Options).OpusDtx ? OpusWithDtx : OpusAlways,
        AudioCodec.G729 when !TakesSilence(offered) => "annexb=no",
        _ => "",
    };

    /// <summary>
    /// The time of one packet nearest to <paramref name="wanted"/> that a coder of the format can make, ms: a multiple of its frame, at most
    /// 60 (Opus 10, 20, 40, 60), that fits into <see cref="MaxPacketPayload"/>.
    /// </summary>
    public static int PacketMilliseconds(AudioFormat format, int wanted)
    {
        var longest = format.Codec == AudioCodec.L16
            ? MaxPacketPayload * 1000 / (format.ClockRate * 2 * format.Channels) / format.FrameMilliseconds * format.FrameMilliseconds
            : 60;
        var whole = Math.Clamp(wanted / format.FrameMilliseconds * format.FrameMilliseconds, format.FrameMilliseconds, longest);
        return format.Codec == AudioCodec.Opus && wanted is >= 10 and < 20 ? 10 : whole;
    }

    /// <summary>A decoder for a stream of the format.</summary>
    /// <param name="wantedRate">
    /// Hertz at which its samples will be used, 0 when unknown. Opus decodes at the lowest rate of its own that holds it, so that nothing is
    /// decoded to be thrown away; the others have one rate.
    /// </param>
    public static IAudioDecoder CreateDecoder(PayloadFormat format, int wantedRate = 0) => format.Format.Codec switch
    {
        AudioCodec.Pcmu => new G711Decoder(isALaw: false),
        AudioCodec.Pcma => new G711Decoder(isALaw: true),
        AudioCodec.G722 => new G722Decoder(),
        AudioCodec.L16 => new LinearDecoder(format.Format.ClockRate, format.Format.Channels),
        AudioCodec.Opus => Decoders.Rent(OpusRate(wantedRate, 48000)),
        AudioCodec.G729 => new G729Decoder(),
        AudioCodec.Gsm => new GsmDecoder(),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format.Format.Codec, "no codec of ours"),
    };

    /// <summary>An encoder toward a side that named <paramref name="format"/>, parameters included.</summary>
    /// <param name="packetMilliseconds">The time of one packet, as <see cref="PacketMilliseconds"/> gives it.</param>
    /// <param name="sourceRate">Hertz of the sound that will be encoded, 0 when unknown: Opus works at no higher rate.</param>
    public static IAudioEncoder CreateEncoder(PayloadFormat format, int packetMilliseconds, int sourceRate = 0, CodecOptions? options = null)
    {
        options ??= Options;
        return format.Format.Codec switch
        {
            AudioCodec.Pcmu => new G711Encoder(isALaw: false, packetMilliseconds),
            AudioCodec.Pcma => new G711Encoder(isALaw: true, packetMilliseconds),
            AudioCodec.G722 => new G722Encoder(packetMilliseconds),
            AudioCodec.L16 => new LinearEncoder(format.Format.ClockRate, format.Format.Channels, packetMilliseconds),
            AudioCodec.Opus => NewOpusEncoder(format, packetMilliseconds, sourceRate, options),
            AudioCodec.G729 => new G729Encoder(options.G729Silence && TakesSilence(format.Parameters), packetMilliseconds),
            AudioCodec.Gsm => new GsmEncoder(packetMilliseconds),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format.Format.Codec, "no codec of ours"),
        };
    }

    /// <summary>Takes a decoder back; who gives it back uses it no more. Once only.</summary>
    public static void Return(IAudioDecoder decoder)
    {
        if (decoder is OpusDecoder opus)
        {
            opus.Reset();
            Decoders.Return(opus.SampleRate, opus);
        }
        else
        {
            decoder.Dispose();
        }
    }

    /// <summary>Takes an encoder back; who gives it back uses it no more. Once only.</summary>
    public static void Return(IAudioEncoder encoder)
    {
        if (encoder is OpusEncoder opus)
            Encoders.Return(opus.SampleRate, opus);
        else
            encoder.Dispose();
    }

    /// <summary>The formats when only the libraries are there that <paramref name="isAvailable"/> knows.</summary>
    internal static AudioFormat[] FormatsWith(Func<string, bool> isAvailable)
    {
        List<AudioFormat> list = [];
        if (isAvailable(NativeLibraries.Opus))
            list.Add(new AudioFormat(AudioCodec.Opus, "opus", 48000, 2, 48000, -1, 20));
        list.Add(new AudioFormat(AudioCodec.G722, "G722", 8000, 1, 16000, 9, 10));
        list.Add(new AudioFormat(AudioCodec.Pcmu, "PCMU", 8000, 1, 8000, 0, 10));
        list.Add(new AudioFormat(AudioCodec.Pcma, "PCMA", 8000, 1, 8000, 8, 10));
        if (isAvailable(NativeLibraries.G729))
            list.Add(new AudioFormat(AudioCodec.G729, "G729", 8000, 1, 8000, 18, 10));
        if (isAvailable(NativeLibraries.Gsm))
            list.Add(new AudioFormat(AudioCodec.Gsm, "GSM", 8000, 1, 8000, 3, 20));

        // Two channels at 44.1 and 48 kHz need packets below 10 ms, which the tick does not make: those only pass through.
        foreach (var (rate, channels, type) in ((int, int, int)[])[(16000, 1, -1), (8000, 1, -1), (44100, 1, 11), (48000, 1, -1), (16000, 2, -1), (8000, 2, -1)])
            list.Add(new AudioFormat(AudioCodec.L16, "L16", rate, channels, rate, type, 10));
        return [.. list];
    }

    private static bool IsOffered(AudioFormat format) => format.Codec != AudioCodec.L16 || format is { Channels: 1, ClockRate: <= 16000 };

    private static OpusEncoder NewOpusEncoder(PayloadFormat format, int packetMilliseconds, int sourceRate, CodecOptions options)
    {
        var wishes = OpusParameters.Parse(format.Parameters);
        var encoder = Encoders.Rent(OpusRate(sourceRate, wishes.MaxPlaybackRate));
        encoder.Configure(wishes, options, packetMilliseconds);
        return encoder;
    }

    // The lowest rate of libopus that holds the sound. 12 and 24 kHz are left out: nothing else here works at them.
    private static int OpusRate(int wanted, int limit) => Math.Min(wanted == 0 ? 48000 : wanted, limit) switch
    {
        <= 8000 => 8000,
        <= 16000 => 16000,
        _ => 48000,
    };

    private static bool TakesSilence(string parameters) =>
        !FormatParameters.TryGet(parameters, "annexb", out var value) || !value.Equals("no", StringComparison.OrdinalIgnoreCase);
}
