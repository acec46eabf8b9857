using Tandem.Media.Playback;
using Tandem.Media.Playback.Reading;

namespace Tandem.Fuzz.Targets;

/// <summary>Sound files that somebody uploads: a reader or a reason, never more samples than the limits allow, and the same samples at every reading.</summary>
internal static class SoundTargets
{
    private static readonly PlaybackOptions Options = new() { MaxFileBytes = 1 << 20, MaxDuration = TimeSpan.FromSeconds(2), MaxSampleRate = 16_000 };

    public static int Wav(byte[] input)
    {
        if (!WavReader.TryOpen(new MemoryStream(input), Options, out var reader, out var error))
            return Refused(error);

        using (reader)
            return Play(reader!, input.Length);
    }

    public static int Ogg(byte[] input)
    {
        // Most mutants have a wrong checksum: what is behind it is reached by giving the right one.
        Mend(input);
        if (!OpusReader.TryOpen(new MemoryStream(input), Options, out var reader, out var error))
            return Refused(error);

        using (reader)
            return Play(reader!, int.MaxValue);
    }

    private static int Refused(string error)
    {
        Check.That(error.Length > 0 && error.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0, "no reason");
        return error.GetHashCode(StringComparison.Ordinal) & 0xFFFF;
    }

    private static int Play(ISoundReader reader, int most)
    {
        var (count, sum) = Drain(reader);
        Check.That(count <= most, "more samples than bytes");
        Check.That(count <= ((long)Options.MaxDuration.TotalSeconds + 1) * reader.SampleRate, "longer than allowed");
        reader.Seek(0);
        var (again, other) = Drain(reader);
        Check.That(again == count && other == sum, "the second reading differs");
        reader.Seek(count / 2);
        Check.That(Drain(reader).Count == count - (count / 2), "the middle is somewhere else");
        return HashCode.Combine(reader.Info.Kind, reader.Info.Channels, reader.SampleRate, Math.Min(count, 5_000) / 100);
    }

    private static (long Count, long Sum) Drain(ISoundReader reader)
    {
        Span<short> samples = stackalloc short[333];
        long count = 0, sum = 0;
        int read;
        while ((read = reader.Read(samples)) > 0)
        {
            foreach (var sample in samples[..read])
                sum = (sum * 31) + sample;
            count += read;
        }

        return (count, sum);
    }

    private static void Mend(byte[] input)
    {
        for (var at = 0; at + OggPageReader.HeaderBytes <= input.Length; at++)
        {
            var rest = input.AsSpan(at);
            if (!OggPageReader.Looks(rest))
                continue;

            var length = OggPageReader.HeaderBytes + rest[26];
            for (var i = 0; i < rest[26] && OggPageReader.HeaderBytes + i < rest.Length; i++)
                length += rest[OggPageReader.HeaderBytes + i];
            if (length > rest.Length)
                continue;

            rest.Slice(22, 4).Clear();
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(rest[22..], OggCrc.Add(0, rest[..length]));
            at += length - 1;
        }
    }
}
