using Tandem.Core.Time;
using Tandem.Media.Dtmf;
using Tandem.Media.Rtp;
using Tandem.Testing;

namespace Tandem.Media.Tests.Dtmf;

/// <summary>Writer and reader of RFC 4733, alone and against each other.</summary>
public class TelephoneEventTests
{
    // §2.5.1.2 and §2.5.1.4: marked once, one timestamp, growing duration, the end three times.
    [Fact]
    public void The_packets_of_a_digit()
    {
        Assert.Equal(
            ["1000 M 05 0A 0001", "1000 - 05 0A 00A0", "1000 - 05 0A 0140", "1000 - 05 8A 01E0", "1000 - 05 8A 01E0", "1000 - 05 8A 01E0"],
            Write('5', 60, 1000, 8000).Select((p, i) => p));
    }

    // §2.1: the clock of the audio counts the durations.
    [Fact]
    public void The_clock_rate_counts() => Assert.EndsWith(" 1770", Write('#', 125, 0, 48_000)[^1]);

    // §2.5.1.3: 10 s at 8 kHz are 80,000 units: one full segment without E, then a second one without M.
    [Fact]
    public void A_long_digit_is_split()
    {
        var packets = Write('1', 10_000, 0xFFFF_0000, 8000);
        Assert.Equal(1, packets.Count(p => p.Contains('M')));
        Assert.Contains("4294901760 - 01 0A FFFF", packets);
        Assert.Equal(3, packets.Count(p => p == "4294967295 - 01 8A 3881"));
        Assert.Equal([('1', 10_000)], Read(Packets('1', 10_000, 0xFFFF_0000, 8000)).Select(d => (d.Digit, d.DurationMs)));
    }

    [Theory]
    [InlineData('0', 0)]
    [InlineData('9', 9)]
    [InlineData('*', 10)]
    [InlineData('#', 11)]
    [InlineData('A', 12)]
    [InlineData('D', 15)]
    [InlineData('!', 16)]
    public void Every_code_is_read(char digit, int code)
    {
        Assert.Equal([(digit, 100, DtmfKind.RtpEvent)], Read(Packets(digit, 100, 5, 8000)).Select(d => (d.Digit, d.DurationMs, d.Kind)));
        Assert.Equal(code, Packets(digit, 100, 5, 8000)[0].Payload[0]);
    }

    public static TheoryData<string, string, string> Streams => new()
    {
        // What happens, the packets as "at timestamp [M]code[E]duration", the digits as "digit:ms".
        { "all ends are lost: over by time", "0 100 M5 160; 20 100 5 320; 500 - - -", "5:40" },
        { "all ends are lost: over by the next", "0 100 M5 160; 20 100 5 320; 200 900 M6 160; 220 900 6E 320", "5:40 6:40" },
        { "all but one end are lost", "60 100 5E 480", "5:60" },
        { "the beginning is lost", "20 100 5 320; 40 100 5E 480; 60 100 5E 480", "5:60" },
        { "ends come again much later", "0 100 M5 160; 20 100 5E 320; 40 100 5E 320; 900 100 5E 320", "5:40" },
        { "the same key twice", "0 100 M5 160; 20 100 5E 320; 200 900 M5 160; 220 900 5E 320", "5:40 5:40" },
        { "the same key twice, both beginnings and the first end lost", "20 100 5 320; 220 3000 5 320; 240 3000 5E 480", "5:40 5:60" },
        { "overlapping: the next begins before the first ends", "0 100 M5 160; 20 100 5 320; 40 420 M6 160; 45 100 5 480; 60 420 6E 320; 65 100 5E 640", "5:40 6:40" },
        { "reordered: an update after the end", "0 100 M5 160; 20 100 5E 480; 30 100 5 320", "5:60" },
        { "zero duration says nothing", "0 100 M5 0; 20 100 5 160; 40 100 5E 320", "5:40" },
        { "other events are not ours", "0 100 M32 160; 20 100 32E 320", "" },
        { "a sender that moves its timestamp", "0 100 M5 160; 20 260 5 320; 40 420 5E 480; 60 420 5E 480", "5:60" },
        { "three segments", "0 0 M1 65535; 20 65535 1 65535; 40 131070 1E 8000", "1:17383" },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Each_digit_is_read_once(string what, string packets, string digits)
    {
        var reader = new TelephoneEventReader();
        var found = new List<string>();
        ushort sequence = 1;
        foreach (var text in packets.Split("; "))
        {
            var parts = text.Split(' ');
            var now = Moment.FromMilliseconds(long.Parse(parts[0]));
            if (parts[1] != "-")
            {
                var code = byte.Parse(parts[2].Trim('M', 'E'));
                var duration = int.Parse(parts[3]);
                var header = new RtpHeader(101, parts[2][0] == 'M', sequence++, uint.Parse(parts[1]), 1, 12, 0);
                reader.Receive(header, [code, (byte)(parts[2][^1] == 'E' ? 0x8A : 0x0A), (byte)(duration >> 8), (byte)duration], 8000, now);
            }

            reader.Advance(now);
            while (reader.TryTake(out var digit))
                found.Add($"{digit.Digit}:{digit.DurationMs}");
        }

        Assert.True(digits == string.Join(' ', found), what + ": " + string.Join(' ', found));
    }

    // §2.5.1.5: events in one packet follow each other.
    [Fact]
    public void Several_events_in_one_packet()
    {
        var reader = new TelephoneEventReader();
        reader.Receive(new RtpHeader(101, true, 1, 0, 1, 12, 0), [1, 0x8A, 1, 0x40, 2, 0x8A, 1, 0x40, 2, 0x0A, 0, 80], 8000, default);
        reader.Receive(new RtpHeader(101, false, 2, 640, 1, 12, 0), [2, 0x8A, 1, 0x40], 8000, default);
        var text = "";
        while (reader.TryTake(out var digit))
            text += digit.Digit;
        Assert.Equal("122", text);
    }

    // Digits under loss, disorder and duplication: each of which at least one packet came is read exactly once, in order.
    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.2)]
    [InlineData(0.3)]
    public void Digits_under_loss_come_exactly_once(double loss)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var expected = "";
            var arrivals = new List<(double At, RtpHeader Header, byte[] Payload)>();
            var start = 0.0;
            ushort sequence = 0;
            for (var i = 0; i < 50; i++)
            {
                var digit = "0123456789*#ABCD"[random.Next(16)];
                var milliseconds = random.Next(60, 200);
                var some = false;
                var packets = Packets(digit, milliseconds, (uint)(start * 8), 8000);
                for (var p = 0; p < packets.Count; p++)
                {
                    var header = packets[p].Header with { Sequence = sequence++ };
                    var at = start + (p * 20) + (random.NextDouble() * 45);
                    if (random.NextDouble() < loss)
                        continue;

                    some = true;
                    arrivals.Add((at, header, packets[p].Payload));
                    if (random.NextDouble() < 0.1)
                        arrivals.Add((at + (random.NextDouble() * 100), header, packets[p].Payload));
                }

                expected += some ? digit.ToString() : "";
                start += (packets.Count * 20) + random.Next(60, 200);
            }

            var found = "";
            var reader = new TelephoneEventReader();
            foreach (var (at, header, payload) in arrivals.OrderBy(a => a.At))
            {
                reader.Receive(header, payload, 8000, new Moment((long)(at * 10_000)));
                while (reader.TryTake(out var digit))
                    found += digit.Digit;
            }

            reader.Advance(Moment.FromMilliseconds((long)start + 1000));
            while (reader.TryTake(out var digit))
                found += digit.Digit;
            Assert.True(expected == found, $"seed {seed}: {expected} {found}");
        }
    }

    [Fact]
    public void A_packet_allocates_nothing()
    {
        var packets = Packets('7', 200, 1, 8000);
        var reader = new TelephoneEventReader();
        var writer = new TelephoneEventWriter();
        var payload = new byte[4];
        var (begun, count) = (0, 0);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100; i++, begun++)
            {
                writer.Begin('7', 100, (uint)begun * 10_000, 8000);
                for (var units = 1; writer.TryWrite(units, payload, out var timestamp, out var marker); units = 160)
                    reader.Receive(new RtpHeader(101, marker, 0, timestamp, 1, 12, 0), payload, 8000, Moment.FromMilliseconds(begun * 1000));
                while (reader.TryTake(out _))
                    count++;
            }
        }));
        Assert.Equal(begun, count);
        Assert.Equal(13, packets.Count);
    }

    private static List<(RtpHeader Header, byte[] Payload)> Packets(char digit, int milliseconds, uint timestamp, int clockRate)
    {
        var writer = new TelephoneEventWriter();
        Assert.True(writer.Begin(digit, milliseconds, timestamp, clockRate));
        var packets = new List<(RtpHeader, byte[])>();
        var payload = new byte[4];
        for (var units = 1; writer.TryWrite(units, payload, out var at, out var marker); units = (clockRate / 50) - (packets.Count == 1 ? 1 : 0))
            packets.Add((new RtpHeader(101, marker, (ushort)packets.Count, at, 9, 12, 0), [.. payload]));
        return packets;
    }

    private static List<string> Write(char digit, int milliseconds, uint timestamp, int clockRate) =>
        [.. Packets(digit, milliseconds, timestamp, clockRate).Select(p => $"{p.Header.Timestamp} {(p.Header.Marker ? 'M' : '-')} {p.Payload[0]:X2} {p.Payload[1]:X2} {p.Payload[2]:X2}{p.Payload[3]:X2}")];

    private static List<DtmfDigit> Read(List<(RtpHeader Header, byte[] Payload)> packets)
    {
        var reader = new TelephoneEventReader();
        var found = new List<DtmfDigit>();
        for (var i = 0; i < packets.Count; i++)
        {
            reader.Receive(packets[i].Header, packets[i].Payload, 8000, Moment.FromMilliseconds(i * 20));
            while (reader.TryTake(out var digit))
                found.Add(digit);
        }

        return found;
    }
}
