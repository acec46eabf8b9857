using Tandem.Media.Codecs;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Codecs;

/// <summary>Annex B over RTP (RFC 3551 §4.5.6).</summary>
public class G729Tests
{
    private static readonly AudioFormat Format = CodecCatalog.Find("G729", 8000, 1)!;

    [Theory]
    [InlineData("", true, true)]
    [InlineData("annexb=yes", true, true)]
    [InlineData("annexb=no", true, false)]
    [InlineData("", false, false)]
    public void Silence_frames_are_sent_only_where_both_want_them(string parameters, bool option, bool isSent)
    {
        var sizes = Encode(parameters, option, 20).Select(p => p.Length).ToList();
        if (isSent)
        {
            // A silence frame alone, or behind a frame of speech; nothing while the silence goes on.
            Assert.Contains(0, sizes);
            Assert.Contains(2, sizes);
            Assert.All(sizes, size => Assert.Contains(size, (int[])[0, 2, 10, 12, 20]));
        }
        else
        {
            Assert.All(sizes, size => Assert.Equal(20, size));
        }
    }

    [Fact]
    public void What_was_sent_with_silence_frames_is_read()
    {
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(18, Format));
        var samples = new short[160];
        foreach (var payload in Encode("", true, 20).Where(p => p.Length > 0))
        {
            Assert.Equal(payload.Length is 2 or 10 ? 80 : 160, decoder.SamplesOf(payload));
            Assert.Equal(decoder.SamplesOf(payload), decoder.Decode(payload, samples));
        }

        CodecCatalog.Return(decoder);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(13)]
    public void A_payload_of_another_length_is_not_read(int length)
    {
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(18, Format));
        Assert.Equal(0, decoder.SamplesOf(new byte[length]));
        Assert.Equal(0, decoder.Decode(new byte[length], new short[480]));
        CodecCatalog.Return(decoder);
    }

    [Fact]
    public void A_lost_packet_is_concealed()
    {
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(18, Format));
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(18, Format), 20);
        var samples = new short[160];
        var payload = new byte[encoder.MaxPayload];
        var tone = WavFile.Tone(300, TimeSpan.FromSeconds(0.5)).Samples;
        for (var at = 0; at < tone.Length; at += 160)
            decoder.Decode(payload.AsSpan(0, encoder.Encode(tone.AsSpan(at, 160), payload)), samples);
        var lost = new short[200];
        lost.AsSpan(170).Fill(77);
        Assert.True(decoder.Conceal(lost.AsSpan(0, 170)));
        Assert.Contains(lost[..80], s => Math.Abs(s) > 3000);
        Assert.All(lost[170..], s => Assert.Equal(77, s));
        CodecCatalog.Return(encoder);
        CodecCatalog.Return(decoder);
    }

    private static List<byte[]> Encode(string parameters, bool silence, int milliseconds)
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(18, Format, parameters), milliseconds, 8000, new CodecOptions { G729Silence = silence });
        short[] speech = [.. SpeechLike.Make(8000, TimeSpan.FromSeconds(3)), .. new short[8000 * 3]];
        var payload = new byte[encoder.MaxPayload];
        List<byte[]> packets = [];
        for (var at = 0; at + (8 * milliseconds) <= speech.Length; at += 8 * milliseconds)
            packets.Add(payload[..encoder.Encode(speech.AsSpan(at, 8 * milliseconds), payload)]);
        CodecCatalog.Return(encoder);
        return packets;
    }
}
