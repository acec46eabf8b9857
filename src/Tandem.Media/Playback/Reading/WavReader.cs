using System.Buffers.Binary;

namespace Tandem.Media.Playback.Reading;

/// <summary>
/// WAV files: 8 to 48 kHz, 8 or 16 bits or G.711, mono or stereo, with the old or the extensible header. The sizes that the file names are hints:
/// a data chunk that claims more than there is, or that was never filled in because its writer was killed, reaches to the end of the file.
/// </summary>
internal static class WavReader
{
    /// <summary>Chunks that are looked at before the data; a file of nothing but empty chunks ends here.</summary>
    private const int MaxChunks = 256;

    public static bool Looks(ReadOnlySpan<byte> start) =>
        start.Length >= 12 && start[8..12].SequenceEqual("WAVE"u8) && (start[..4].SequenceEqual("RIFF"u8) || start[..4].SequenceEqual("RF64"u8) || start[..4].SequenceEqual("RIFX"u8));

    /// <summary>Opens the file that <paramref name="stream"/> holds from its first byte on; the reader owns the stream then.</summary>
    public static bool TryOpen(Stream stream, PlaybackOptions options, out ISoundReader? reader, out string error)
    {
        reader = null;
        Span<byte> head = stackalloc byte[12];
        Span<byte> chunk = stackalloc byte[WavFormat.ExtensibleBytes];
        stream.Position = 0;
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head[..4].SequenceEqual("RIFF"u8) || !head[8..].SequenceEqual("WAVE"u8))
        {
            error = "the file is not a RIFF WAV file with little-endian numbers";
            return false;
        }

        var riff = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        var length = stream.Length;
        WavFormat? format = null;
        for (var chunks = 0; chunks < MaxChunks; chunks++)
        {
            if (stream.ReadAtLeast(head[..8], 8, throwOnEndOfStream: false) < 8)
            {
                error = format is null ? "the WAV file has no format chunk" : "the WAV file has no data chunk";
                return false;
            }

            var size = (long)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            var start = stream.Position;
            if (head[..4].SequenceEqual("fmt "u8))
            {
                var read = stream.ReadAtLeast(chunk[..(int)Math.Min(size, chunk.Length)], (int)Math.Min(size, chunk.Length), throwOnEndOfStream: false);
                if (!WavFormat.TryRead(chunk[..read], out var parsed, out error))
                    return false;

                format = parsed;
            }
            else if (head[..4].SequenceEqual("data"u8))
            {
                if (format is not { } known)
                {
                    error = "the WAV file has data before its format chunk";
                    return false;
                }

                // Zero with an impossible size of the whole file: the writer did not come to fill them in.
                if (size == 0 && (riff <= 36 || riff + 8L > length))
                    size = long.MaxValue;
                return TryMake(stream, options, known, start, Math.Min(size, length - start), out reader, out error);
            }

            // Chunks begin at even places.
            var next = start + size + (size & 1);
            if (next >= length)
            {
                error = format is null ? "the WAV file has no format chunk" : "the WAV file has no data chunk";
                return false;
            }

            stream.Position = next;
        }

        error = $"the WAV file has more than {MaxChunks} chunks before its data";
        return false;
    }

    private static bool TryMake(Stream stream, PlaybackOptions options, WavFormat format, long start, long bytes, out ISoundReader? reader, out string error)
    {
        var frames = bytes / (SampleFormats.BytesOf(format.Format) * format.Channels);
        var duration = TimeSpan.FromSeconds((double)frames / format.SampleRate);
        reader = null;
        if (duration > options.MaxDuration)
        {
            error = $"the file lasts {duration:c}; at most {options.MaxDuration:c} is accepted";
            return false;
        }

        var info = new SoundInfo("WAV, " + SampleFormats.NameOf(format.Format), format.SampleRate, format.Channels, duration);
        reader = new LinearReader(stream, format.Format, start, frames, info);
        error = "";
        return true;
    }
}
