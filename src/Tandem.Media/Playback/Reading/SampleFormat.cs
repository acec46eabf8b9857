using System.Buffers.Binary;

namespace Tandem.Media.Playback.Reading;

/// <summary>How the samples of one channel are written, and how they become 16-bit ones.</summary>
internal enum SampleFormat
{
    /// <summary>Unsigned 8 bit, as WAV has it.</summary>
    Pcm8,
    Pcm16Little,
    Pcm16Big,
    MuLaw,
    ALaw,
}

internal static class SampleFormats
{
    private static readonly short[] MuLaw = Table(ExpandMuLaw);
    private static readonly short[] ALaw = Table(ExpandALaw);

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

    private static short[] Table(Func<int, int> expand)
    {
        var table = new short[256];
        for (var code = 0; code < table.Length; code++)
            table[code] = (short)expand(code);
        return table;
    }

    // ITU-T G.711 table 2: sign, three bits of segment, four of interval; all bits are inverted on the line.
    private static int ExpandMuLaw(int code)
    {
        code = ~code & 0xFF;
        var magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    }

    // ITU-T G.711 table 1: the even bits are inverted on the line.
    private static int ExpandALaw(int code)
    {
        code ^= 0x55;
        var segment = (code >> 4) & 7;
        var magnitude = ((code & 0x0F) << 4) + (segment == 0 ? 8 : 0x108);
        if (segment > 1)
            magnitude <<= segment - 1;
        return (code & 0x80) != 0 ? magnitude : -magnitude;
    }
}
