using System.Buffers.Binary;
using Tandem.Core.Time;
using Tandem.Media.Dtmf;
using Tandem.Media.Jitter;
using Tandem.Media.Rtp;

namespace Tandem.Fuzz.Targets;

/// <summary>Digits in all their kinds, and the two payloads that describe other payloads or noise.</summary>
internal static class DtmfTargets
{
    /// <summary>Packets of telephone events: a length and a byte of flags before each payload.</summary>
    public static int Events(byte[] input)
    {
        var reader = new TelephoneEventReader();
        var now = Moment.Zero;
        var digits = 0;
        uint timestamp = 0;
        for (var at = 0; at + 2 <= input.Length;)
        {
            var length = Math.Min(input[at] & 0x1F, input.Length - at - 2);
            var flags = input[at + 1];
            timestamp += (flags & 1) != 0 ? 160u * (uint)(flags >> 4) : (flags & 2) != 0 ? 0xFFFFu : 0;
            now += TimeSpan.FromMilliseconds((flags & 4) != 0 ? 300 : 20);
            reader.Receive(new RtpHeader(101, (flags & 8) != 0, 0, timestamp, 1, 12, 0), input.AsSpan(at + 2, length), 8000, now);
            digits += Take(reader);
            at += 2 + length;
        }

        reader.Advance(now + TimeSpan.FromSeconds(1));
        digits += Take(reader);
        Check.That(!reader.IsPressed, "a digit is pressed for ever");
        return digits;
    }

    /// <summary>Bodies of INFO, both types; what was read is written and read again.</summary>
    public static int Info(byte[] input)
    {
        var result = 0;
        var written = new byte[DtmfInfo.MaxBytes];
        foreach (var type in new[] { "application/dtmf-relay"u8.ToArray(), "application/dtmf"u8.ToArray() })
        {
            if (!DtmfInfo.TryParse(type, input, out var digit, out var milliseconds))
                continue;

            Check.That(DtmfDigits.CodeOf(digit) >= 0 && milliseconds is > 0 and <= 60_000, "no digit");
            var length = DtmfInfo.WriteRelay(digit, milliseconds, written);
            Check.That(
                DtmfInfo.TryParse("application/dtmf-relay"u8, written.AsSpan(0, length), out var again, out var same) && (again, same) == (digit, milliseconds),
                "not the same again");
            result = HashCode.Combine(result, digit, milliseconds > 160);
        }

        DtmfInfo.IsDtmf(input);
        return result;
    }

    /// <summary>Sound: any samples.</summary>
    public static int Tones(byte[] input)
    {
        var detector = new DtmfDetector();
        var samples = new short[input.Length / 2];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(input.AsSpan(i * 2));
        var digits = 0;
        foreach (var rate in new[] { 8000, 48_000 })
        {
            for (var i = 0; i < 8; i++)
                detector.Write(samples, rate, Moment.Zero);
            detector.WriteSilence(200, Moment.Zero);
            Check.That(!detector.IsPressed, "a digit is pressed for ever");
            while (detector.TryTake(out _))
                digits++;
        }

        return digits;
    }

    /// <summary>Redundant audio (RFC 2198).</summary>
    public static int Redundancy(byte[] input)
    {
        if (!RedundantPayload.TryParse(input, out var payload))
            return 0;

        var total = payload.Primary.Length + 1;
        for (var i = 0; i < payload.Count; i++)
        {
            total += payload.Block(i, out var type, out var offset).Length + 4;
            Check.That(type is >= 0 and < 128 && offset is >= 0 and < 0x4000, "a field is too wide");
        }

        Check.That(total == input.Length, "the blocks are not the payload");
        return HashCode.Combine(payload.Count, payload.Primary.IsEmpty);
    }

    /// <summary>Comfort noise (RFC 3389).</summary>
    public static int Noise(byte[] input)
    {
        var noise = new ComfortNoise();
        var known = noise.Update(input);
        var samples = new short[800];
        noise.Fill(samples);
        Check.That(known == noise.IsKnown, "known or not");
        return HashCode.Combine(known, Math.Min(input.Length, ComfortNoise.MaxOrder), (int)noise.LevelDb / 16);
    }

    private static int Take(TelephoneEventReader reader)
    {
        var digits = 0;
        while (reader.TryTake(out var digit))
        {
            Check.That(DtmfDigits.CodeOf(digit.Digit) >= 0 && digit.DurationMs >= 0, "no digit");
            digits++;
        }

        return digits;
    }
}
