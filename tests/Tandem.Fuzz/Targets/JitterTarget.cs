using System.Buffers.Binary;
using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Media.Jitter;
using Tandem.Media.Plan;
using Tandem.Media.Rtp;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// A stream player under any packets: each record of the input is a packet (how long after the one before, payload type, sequence, timestamp, source
/// and length, small steps or any value) with ticks between them. Every tick gives a whole frame, and the buffer stays bounded.
/// </summary>
internal static class JitterTarget
{
    private const int Record = 10;

    private static readonly AudioPlan Plan = new(
        [
            new PayloadFormat(0, new AudioFormat(AudioCodec.L16, "L16", 8000, 1, 8000, -1, 10)),
            new PayloadFormat(1, new AudioFormat(AudioCodec.L16, "L16", 16_000, 1, 16_000, -1, 10)),
        ],
        null, [2], -1, 3, 4);

    public static int Run(byte[] input)
    {
        var options = new JitterOptions { MaxPackets = 16, MaxMilliseconds = 200 };
        using var player = new StreamPlayer(format => new Decoder(format.Format.SampleRate), options);
        player.Configure(Plan);
        var frame = new short[StreamPlayer.MaxFrameSamples];
        var now = 0L;
        var tick = 0L;
        ushort sequence = 0;
        uint timestamp = 0;
        uint ssrc = 1;
        var kinds = 0;
        Span<byte> record = stackalloc byte[Record];
        for (var at = 0; at < input.Length; at += Record)
        {
            record.Clear();
            input.AsSpan(at, Math.Min(Record, input.Length - at)).CopyTo(record);
            now += record[0] < 250 ? record[0] : 1000;
            while (tick <= now)
                kinds |= Tick(player, frame, tick += 20);

            var flags = record[1];
            sequence = (flags & 0x10) != 0 ? BinaryPrimitives.ReadUInt16BigEndian(record[2..]) : (ushort)(sequence + (sbyte)record[3]);
            timestamp = (flags & 0x20) != 0 ? BinaryPrimitives.ReadUInt32BigEndian(record[4..]) : timestamp + (uint)((sbyte)record[4] * 80);
            ssrc = (flags & 0x40) != 0 ? record[8] : ssrc;
            var payload = at + Record <= input.Length ? input.AsSpan(at + Record, Math.Min((flags & 0x80) != 0 ? 320 : record[9], input.Length - at - Record)) : default;
            player.Receive(new RtpHeader((byte)(flags & 7), (flags & 8) != 0, sequence, timestamp, ssrc, 12, 0), payload, Moment.FromMilliseconds(now));
            Check.That(player.Report().Buffer.Waiting <= 16, "more packets wait than may");
        }

        for (var i = 0; i < 100; i++)
            kinds |= Tick(player, frame, tick += 20);
        var report = player.Report();
        Check.That(report.Buffer.Waiting == 0, "packets stay for ever");
        return HashCode.Combine(kinds, report.Buffer.Restarts, report.Buffer.Duplicates > 0, report.Buffer.Late > 0, report.Buffer.Discarded > 0, report.Buffer.Repaired > 0, report.ConcealedMilliseconds > 0);
    }

    private static int Tick(StreamPlayer player, short[] frame, long tick)
    {
        Array.Fill(frame, (short)0x55AA);
        var kind = player.Read(frame, Moment.FromMilliseconds(tick));
        Check.That(player.FrameSamples is 160 or 320, "the frame has a strange length");
        Check.That(frame.AsSpan(player.FrameSamples).IndexOfAnyExcept((short)0x55AA) < 0, "written beyond the frame");
        Check.That(player.Report().Buffer.TargetMilliseconds is >= 20 and <= 200, "the target is out of bounds");
        return 1 << (int)kind;
    }

    private sealed class Decoder(int rate) : IAudioDecoder
    {
        public int SampleRate => rate;

        public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
        {
            var count = Math.Min(payload.Length / 2, samples.Length);
            for (var i = 0; i < count; i++)
                samples[i] = BinaryPrimitives.ReadInt16BigEndian(payload[(2 * i)..]);
            return count;
        }

        public bool Conceal(Span<short> samples) => false;

        public bool Recover(ReadOnlySpan<byte> next, Span<short> samples) => next.Length > 4 && next[0] == 1;

        public int SamplesOf(ReadOnlySpan<byte> payload) => payload.Length / 2;

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }
}
