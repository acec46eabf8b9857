using System.Buffers;
using System.Buffers.Binary;
using Tandem.Media.Codecs;
using Tandem.Media.Recording;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Recording;

public sealed class OpusRecordingEncoderTests : IDisposable
{
    private readonly RecordingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private sealed record Page(int Flags, long Granule, uint Serial, uint Sequence, List<byte[]> Packets);

    // RFC 3533 §6
    private static List<Page> Pages(byte[] ogg)
    {
        var pages = new List<Page>();
        var at = 0;
        while (at < ogg.Length)
        {
            var page = ogg.AsSpan(at);
            Assert.True(page.StartsWith("OggS\0"u8));
            var segments = page[26];
            var body = 27 + segments;
            var packets = new List<byte[]>();
            var packet = new List<byte>();
            for (var s = 0; s < segments; s++)
            {
                int length = page[27 + s];
                packet.AddRange(page.Slice(body, length));
                body += length;
                if (length == 255)
                    continue;

                packets.Add([.. packet]);
                packet.Clear();
            }

            Assert.Empty(packet);
            var crc = BinaryPrimitives.ReadUInt32LittleEndian(page[22..]);
            var whole = page[..body].ToArray();
            whole.AsSpan(22, 4).Clear();
            uint computed = 0;
            foreach (var b in whole)
            {
                computed ^= (uint)b << 24;
                for (var bit = 0; bit < 8; bit++)
                    computed = (computed & 0x8000_0000) != 0 ? (computed << 1) ^ 0x04C1_1DB7 : computed << 1;
            }

            Assert.Equal(computed, crc);
            pages.Add(new Page(
                page[5], BinaryPrimitives.ReadInt64LittleEndian(page[6..]), BinaryPrimitives.ReadUInt32LittleEndian(page[14..]),
                BinaryPrimitives.ReadUInt32LittleEndian(page[18..]), packets));
            at += body;
        }

        return pages;
    }

    private static WavFile Decode(IEnumerable<byte[]> packets)
    {
        using var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(96, CodecCatalog.Find("opus", 48000, 2)!), 16000);
        var samples = new List<short>();
        var frame = new short[960];
        foreach (var packet in packets)
            samples.AddRange(frame[..decoder.Decode(packet, frame)]);
        return new WavFile(decoder.SampleRate, [.. samples]);
    }

    // RFC 6716 appendix B: the first stream of a packet names its length.
    private static (byte[] Left, byte[] Right) Split(byte[] packet)
    {
        Assert.Equal(0, packet[0] & 3);
        var at = 2;
        int length = packet[1];
        if (length >= 252)
            length += 4 * packet[at++];
        return ([packet[0], .. packet.AsSpan(at, length)], packet[(at + length)..]);
    }

    [Fact]
    public async Task Two_channels_are_two_streams()
    {
        using var engine = new RecordingEngine(new RecordingOptions { PollInterval = TimeSpan.FromMilliseconds(5) });
        var recorder = engine.TryStart(_folder.Request(format: RecordingFormat.Ogg), out _)!;
        RecordingFolder.Speak(recorder, 123);
        recorder.Stop();
        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromSeconds(2.46), summary.Duration);
        var pages = Pages(_folder.Fetch());
        Assert.Equal(Enumerable.Range(0, pages.Count).Select(i => (uint)i), pages.Select(page => page.Sequence));
        Assert.Single(pages.Select(page => page.Serial).Distinct());
        Assert.Equal((2, 4, 0), (pages[0].Flags, pages[^1].Flags, pages[1].Flags));

        // RFC 7845 §5.1: version 1, two channels, 6.5 ms, 16 kHz; family 1: two streams, none coupled.
        Assert.Equal("4F70757348656164" + "01" + "02" + "3801" + "803E0000" + "0000" + "01" + "02000001", Convert.ToHexString(pages[0].Packets.Single()));
        Assert.StartsWith("4F70757354616773", Convert.ToHexString(pages[1].Packets.Single()));

        // §4: the last granule is the length and the pre-skip.
        Assert.Equal(((long)(2.46 * 48000)) + 312, pages[^1].Granule);
        var packets = pages.Skip(2).SelectMany(page => page.Packets).ToList();
        Assert.InRange(packets.Count * 960, pages[^1].Granule, pages[^1].Granule + 960);
        Assert.Equal(50 * 960, pages[2].Granule);

        var left = ToneMeter.Measure(Decode(packets.Select(packet => Split(packet).Left)), 440);
        var right = ToneMeter.Measure(Decode(packets.Select(packet => Split(packet).Right)), 1000);
        Assert.Equal((440, 0), (Math.Round(left.Hertz), left.Gaps));
        Assert.Equal((1000, 0), (Math.Round(right.Hertz), right.Gaps));
        Assert.True(ToneMeter.Measure(Decode(packets.Select(packet => Split(packet).Left)), 1000).LevelDb < -30);
    }

    // What a kill leaves: whole pages.
    [Fact]
    public void Every_call_ends_with_whole_pages()
    {
        using var encoder = new OpusRecordingEncoder(1, 8000, 7);
        var output = new ArrayBufferWriter<byte>();
        var tone = WavFile.Tone(440, TimeSpan.FromSeconds(1.33)).Samples;
        Assert.Equal(160 * 50, encoder.Encode(tone.AsSpan(0, 8050), isFinal: false, output));
        Assert.Equal(50, Pages(output.WrittenSpan.ToArray()).Skip(2).Sum(page => page.Packets.Count));
        Assert.Equal(2640, encoder.Encode(tone.AsSpan(8000), isFinal: true, output));
        var pages = Pages(output.WrittenSpan.ToArray());
        Assert.Equal(((long)(1.33 * 48000)) + 312, pages[^1].Granule);
        Assert.Equal(440, ToneMeter.Measure(Decode(pages.Skip(2).SelectMany(page => page.Packets)), 440).Hertz, 0.5);
    }

    [Fact]
    public void An_empty_recording_is_a_whole_file()
    {
        using var encoder = new OpusRecordingEncoder(2, 16000, 7);
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(0, encoder.Encode([], isFinal: true, output));
        var pages = Pages(output.WrittenSpan.ToArray());
        Assert.Equal((3, 312L, 4), (pages.Count, pages[^1].Granule, pages[^1].Flags));
    }
}
