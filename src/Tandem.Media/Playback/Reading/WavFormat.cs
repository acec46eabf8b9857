using System.Buffers.Binary;

namespace Tandem.Media.Playback.Reading;

/// <summary>The <c>fmt </c> chunk of a WAV file.</summary>
internal readonly record struct WavFormat(SampleFormat Format, int SampleRate, int Channels)
{
    /// <summary>The shortest chunk: WAVEFORMAT with its bits per sample.</summary>
    public const int MinBytes = 16;

    /// <summary>WAVEFORMATEXTENSIBLE; what follows is not read.</summary>
    public const int ExtensibleBytes = 40;

    private const int Pcm = 1;
    private const int ALaw = 6;
    private const int MuLaw = 7;
    private const int Extensible = 0xFFFE;

    // What all sub-formats that are old format tags have behind their first two bytes.
    private static ReadOnlySpan<byte> GuidTail => [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>Reads the chunk; false with a reason when it is not one of those that are played.</summary>
    public static bool TryRead(ReadOnlySpan<byte> chunk, out WavFormat format, out string error)
    {
        format = default;
        if (chunk.Length < MinBytes)
        {
            error = $"the format chunk of the WAV file has {chunk.Length} bytes; at least {MinBytes} are expected";
            return false;
        }

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int block = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == Extensible)
        {
            if (chunk.Length < ExtensibleBytes || !chunk[26..ExtensibleBytes].SequenceEqual(GuidTail))
            {
                error = "the extended format of the WAV file is of no known kind";
                return false;
            }

            int valid = BinaryPrimitives.ReadUInt16LittleEndian(chunk[18..]);
            if (valid != 0 && valid != bits)
            {
                error = $"the WAV file has {valid} valid bits in {bits}; all of them are expected to be valid";
                return false;
            }

            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        }

        SampleFormat? kind = (tag, bits) switch
        {
            (Pcm, 8) => SampleFormat.Pcm8,
            (Pcm, 16) => SampleFormat.Pcm16Little,
            (MuLaw, 8) => SampleFormat.MuLaw,
            (ALaw, 8) => SampleFormat.ALaw,
            _ => null,
        };
        if (kind is null)
        {
            error = $"the WAV file has format {tag} with {bits} bits; PCM with 8 or 16 bits, or G.711, is expected";
            return false;
        }

        if (channels is not (1 or 2))
        {
            error = $"the WAV file has {channels} channels; 1 or 2 are expected";
            return false;
        }

        if (rate is < 8_000 or > 48_000)
        {
            error = $"the WAV file has {rate} samples a second; 8000 to 48000 are expected";
            return false;
        }

        if (block != SampleFormats.BytesOf(kind.Value) * channels)
        {
            error = $"the WAV file says {block} bytes for {channels} channels of {bits} bits";
            return false;
        }

        format = new WavFormat(kind.Value, (int)rate, channels);
        error = "";
        return true;
    }
}
