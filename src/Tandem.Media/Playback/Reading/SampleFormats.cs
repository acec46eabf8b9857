using System.Buffers.Binary;
using Tandem.Media.Codecs.G711;

namespace Tandem.Media.Playback.Reading;

/// <summary>Makes 16-bit mono samples of what a file holds.</summary>
internal static class SampleFormats
{
    private static readonly short[] MuLaw = new short[256];
    private static readonly short[] ALaw = new short[256];

    static SampleFormats()
    {
        Span<byte> codes = stackalloc byte[256];
        for (var code = 0; code < codes.Length; code++)
            codes[code] = (byte)code;
        Companding.DecodeMu(codes, MuLaw);
        Companding.DecodeA(codes, ALaw);
    }

    public static int BytesOf(SampleFormat format) => format is SampleFormat.Pcm16Little or SampleFormat.Pcm16Big ? 2 : 1;

    public static string NameOf(SampleFormat format) => format switch
    {
        SampleFormat.Pcm8 => "8-bit PCM",
        SampleFormat.Pcm16Little => "16-bit PCM",
        SampleFormat.Pcm16Big => "L16",
        SampleFormat.MuLaw => "G.711 µ-law",
        _ => "G.711 A-law",
    };

    /// <summary>Turns whole frames of <paramref name="channels"/> samples into one sample each.</summary>
    public static void Convert(SampleFormat format, int channels, ReadOnlySpan<byte> bytes, Span<short> samples)
    {
        var width = BytesOf(format);
        var frame = width * channels;
        for (var i = 0; i < samples.Length; i++)
        {
            var at = bytes.Slice(i * frame, frame);
            var value = One(format, at);
            if (channels == 2)
                value = (value + One(format, at[width..])) >> 1;
            samples[i] = (short)value;
        }
    }

    private static int One(SampleFormat format, ReadOnlySpan<byte> at) => format switch
    {
        SampleFormat.Pcm8 => (at[0] - 128) << 8,
        SampleFormat.Pcm16Little => BinaryPrimitives.ReadInt16LittleEndian(at),
        SampleFormat.Pcm16Big => BinaryPrimitives.ReadInt16BigEndian(at),
        SampleFormat.MuLaw => MuLaw[at[0]],
        _ => ALaw[at[0]],
    };
}
