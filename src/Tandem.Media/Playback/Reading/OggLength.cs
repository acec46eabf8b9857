using System.Buffers.Binary;

namespace Tandem.Media.Playback.Reading;

/// <summary>Looks up the length of an Ogg/Opus file in its last page, without reading it all.</summary>
internal static class OggLength
{
    private const int Clock = 48_000;

    /// <summary>The length that the last whole page of the file names; null when there is none in the last pages' worth of bytes. A hint: nothing depends on it.</summary>
    public static TimeSpan? Find(Stream stream, int preSkip)
    {
        var tail = new byte[(int)Math.Min(stream.Length, OggPageReader.MaxPageBytes)];
        stream.Position = stream.Length - tail.Length;
        var read = stream.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false);
        for (var at = read; (at = tail.AsSpan(0, at).LastIndexOf("OggS"u8)) >= 0;)
        {
            if (at + OggPageReader.HeaderBytes > read)
                continue;

            var granule = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(at + 6));
            if (granule >= preSkip && granule < Clock * 1_000_000L)
                return TimeSpan.FromSeconds((double)(granule - preSkip) / Clock);
        }

        return null;
    }
}
