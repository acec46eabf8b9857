using System.Buffers.Binary;
using Tandem.Media.Playback.Reading;
using Tandem.Testing.Audio;

namespace Tandem.Media.Playback;

/// <summary>Sound files for the tests, built byte by byte.</summary>
internal static class Sounds
{
    /// <summary>A WAV file with a header as told; sizes that are null are right.</summary>
    public static byte[] Wav(
        byte[] data, int tag = 1, int channels = 1, int rate = 8_000, int bits = 16, uint? riffSize = null, uint? dataSize = null, int? block = null, byte[]? before = null, Guid? extended = null,
        int? validBits = null, byte[]? after = null)
    {
        var file = new List<byte>();
        file.AddRange("RIFF"u8);
        Add32(file, 0);
        file.AddRange("WAVE"u8);
        file.AddRange(before ?? []);
        file.AddRange("fmt "u8);
        Add32(file, extended is null ? 16u : 40u);
        Add16(file, extended is null ? tag : 0xFFFE);
        Add16(file, channels);
        Add32(file, (uint)rate);
        Add32(file, (uint)(rate * channels * bits / 8));
        Add16(file, block ?? (channels * bits / 8));
        Add16(file, bits);
        if (extended is { } guid)
        {
            Add16(file, 22);
            Add16(file, validBits ?? bits);
            Add32(file, 0);
            file.AddRange(guid.ToByteArray());
        }

        file.AddRange("data"u8);
        Add32(file, dataSize ?? (uint)data.Length);
        file.AddRange(data);
        file.AddRange(after ?? []);
        var bytes = file.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), riffSize ?? (uint)(bytes.Length - 8));
        return bytes;
    }

    public static byte[] Chunk(string name, byte[] body)
    {
        var chunk = new List<byte>();
        chunk.AddRange(System.Text.Encoding.ASCII.GetBytes(name));
        Add32(chunk, (uint)body.Length);
        chunk.AddRange(body);
        if (body.Length % 2 == 1)
            chunk.Add(0);
        return [.. chunk];
    }

    /// <summary>Little-endian 16-bit samples.</summary>
    public static byte[] Linear(params short[] samples)
    {
        var bytes = new byte[samples.Length * 2];
        for (var i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(i * 2), samples[i]);
        return bytes;
    }

    /// <summary>A WAV file with a tone at half of full scale.</summary>
    public static byte[] ToneWav(double hertz, double seconds, int rate = 8_000) =>
        Wav(Linear(WavFile.Tone(hertz, TimeSpan.FromSeconds(seconds), rate).Samples), rate: rate);

    /// <summary>An Ogg page with a right checksum.</summary>
    public static byte[] Page(uint serial, uint sequence, long granule, int flags, params byte[][] packets)
    {
        var lacing = new List<byte>();
        var body = new List<byte>();
        foreach (var packet in packets)
        {
            for (var left = packet.Length; ; left -= 255)
            {
                lacing.Add((byte)Math.Min(left, 255));
                if (left < 255)
                    break;
            }

            body.AddRange(packet);
        }

        return RawPage(serial, sequence, granule, flags, [.. lacing], [.. body]);
    }

    public static byte[] RawPage(uint serial, uint sequence, long granule, int flags, byte[] lacing, byte[] body)
    {
        var page = new byte[27 + lacing.Length + body.Length];
        "OggS"u8.CopyTo(page);
        page[5] = (byte)flags;
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(6), granule);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(14), serial);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(18), sequence);
        page[26] = (byte)lacing.Length;
        lacing.CopyTo(page, 27);
        body.CopyTo(page, 27 + lacing.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(22), OggCrc.Add(0, page));
        return page;
    }

    public static byte[] OpusHead(int channels = 1, int preSkip = 312, int gain = 0, int family = 0, int version = 1, uint rate = 16_000)
    {
        var head = new byte[19];
        "OpusHead"u8.CopyTo(head);
        head[8] = (byte)version;
        head[9] = (byte)channels;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(10), (ushort)preSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(12), rate);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(16), (short)gain);
        head[18] = (byte)family;
        return head;
    }

    public static byte[] OpusTags { get; } = [.. "OpusTags"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>All that a reader gives, read in pieces of <paramref name="step"/>.</summary>
    public static short[] All(ISoundReader reader, int step = 160)
    {
        var all = new List<short>();
        var buffer = new short[step];
        int count;
        while ((count = reader.Read(buffer)) > 0)
            all.AddRange(buffer.AsSpan(0, count));
        return [.. all];
    }

    public static ISoundReader Open(byte[] file, PlaybackOptions? options = null)
    {
        Assert.True(SoundFile.TryOpen(new MemoryStream(file), options ?? new PlaybackOptions(), null, out var reader, out var error), error);
        return reader!;
    }

    public static string Refusal(byte[] file, PlaybackOptions? options = null)
    {
        Assert.False(SoundFile.TryOpen(new MemoryStream(file), options ?? new PlaybackOptions(), null, out var reader, out var error));
        Assert.Null(reader);
        Assert.NotEmpty(error);
        return error;
    }

    private static void Add16(List<byte> list, int value)
    {
        list.Add((byte)value);
        list.Add((byte)(value >> 8));
    }

    private static void Add32(List<byte> list, uint value)
    {
        Add16(list, (int)(value & 0xFFFF));
        Add16(list, (int)(value >> 16));
    }
}
