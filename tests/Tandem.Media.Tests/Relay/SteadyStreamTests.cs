using System.Buffers.Binary;
using Tandem.Core.Time;
using Tandem.Media.Relay;

namespace Tandem.Media.Tests.Relay;

public sealed class SteadyStreamTests
{
    private SteadyStream _stream;

    // RFC 3550 §5.1: one SSRC, sequence numbers by one, timestamps by the time that passed.
    [Fact]
    public void Goes_on_when_its_source_changes_and_changes_back()
    {
        Assert.Equal((77u, 100, 1000u, false), Pass(77, 100, 1000, 0));
        Assert.Equal((77u, 101, 1160u, false), Pass(77, 101, 1160, 20));
        Assert.Equal((77u, 102, 1320u, true), Pass(500, 60_000, 9, 40));
        Assert.Equal((77u, 103, 1480u, false), Pass(500, 60_001, 169, 60));
        Assert.Equal((77u, 104, 1480u + 8_000, true), Pass(77, 7_000, 4_000_000_000, 1_060));
        Assert.Equal((77u, 105, 1480u + 8_160, false), Pass(77, 7_001, 4_000_000_160, 1_080));
    }

    // RFC 3711 §9.1: toward a secure side no number comes twice, also when the source begins anew under its old SSRC.
    [Fact]
    public void Goes_on_when_its_source_begins_anew_under_the_same_ssrc()
    {
        Assert.Equal((77u, 20_000, 1000u, false), Pass(77, 20_000, 1000, 0));
        Assert.Equal((77u, 300, 5000u, false), Pass(77, 300, 5000, 20));
        _stream.Restart();
        Assert.Equal((77u, 20_001, 1000u + 320, true), Pass(77, 301, 5160, 40));
        Assert.Equal((77u, 20_002, 1000u + 480, false), Pass(77, 302, 5320, 60));
    }

    [Fact]
    public void Wraps_and_keeps_the_order_of_late_packets()
    {
        Pass(1, 65_534, uint.MaxValue - 100, 0);
        Assert.Equal((1u, 0, 219u, false), Pass(1, 0, 219, 40));
        Assert.Equal((1u, 65_535, 59u, false), Pass(1, 65_535, 59, 41));
        Assert.Equal((1u, 1, 379u, true), Pass(2, 10, 10, 60));
    }

    [Fact]
    public void Goes_on_where_the_clock_is_not_known()
    {
        Pass(1, 1, 100, 0, clockRate: 0);
        Assert.Equal((1u, 2, 101u, true), Pass(2, 1, 5_000, 500, clockRate: 0));
    }

    private (uint Ssrc, int Sequence, uint Timestamp, bool Marker) Pass(uint ssrc, ushort sequence, uint timestamp, int milliseconds, int clockRate = 8_000)
    {
        Span<byte> packet = stackalloc byte[172];
        packet.Clear();
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], ssrc);
        _stream.Continue(packet, clockRate, new Moment(0) + TimeSpan.FromMilliseconds(milliseconds));
        return (
            BinaryPrimitives.ReadUInt32BigEndian(packet[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            packet[1] >> 7 != 0);
    }
}
