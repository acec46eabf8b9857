using Tandem.Media.Codecs;
using Tandem.Media.Codecs.Opus;

namespace Tandem.Fuzz.Targets;

/// <summary>Payloads of every codec: the first byte chooses it and what is done, the rest is a packet. Decoders keep their state from run to run, as in a call.</summary>
internal static class CodecTarget
{
    private const short Guard = 0x5EAD;

    private static readonly IAudioDecoder[] Decoders =
        [.. CodecCatalog.Available.Append(CodecCatalog.Find("L16", 8000, 2)!).Select(f => CodecCatalog.CreateDecoder(new PayloadFormat(96, f)))];

    private static readonly short[] Samples = new short[(48 * 120) + 16];

    public static int Run(byte[] input)
    {
        if (input.Length == 0)
            return 0;

        var decoder = Decoders[input[0] % Decoders.Length];
        var payload = input.AsSpan(1);
        var room = (input[0] & 0x40) != 0 ? decoder.SampleRate / 50 : Samples.Length - 16;
        Samples.AsSpan(room).Fill(Guard);
        var expected = decoder.SamplesOf(payload);
        var count = decoder.Decode(payload, Samples.AsSpan(0, room));
        Check.That(count >= 0 && count <= Math.Min(room, expected), "more samples than told, or than there is room for");
        Check.That(Samples.AsSpan(room, 16).IndexOfAnyExcept(Guard) < 0, "written beyond the room");

        var isRecovered = false;
        if ((input[0] & 0x80) != 0)
        {
            var frame = Samples.AsSpan(0, decoder.SampleRate / 50);
            isRecovered = decoder.Recover(payload, frame);
            Check.That(!isRecovered || OpusPacket.HasRedundancy(payload), "recovered out of nothing");
            decoder.Conceal(frame);
        }

        return HashCode.Combine(input[0] % Decoders.Length, Math.Min(count, 960), isRecovered, count == expected);
    }
}
