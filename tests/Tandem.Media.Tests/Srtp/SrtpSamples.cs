using System.Buffers.Binary;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

/// <summary>Packets and keys for the tests of SRTP.</summary>
internal static class SrtpSamples
{
    public static TheoryData<SrtpProfile> Profiles => [.. SrtpProfiles.All];

    public static SrtpKey Key(SrtpProfile profile, int seed) => SrtpKey.Create(profile, new Random(seed));

    /// <summary>An RTP packet whose payload follows from its sequence number, with room behind.</summary>
    public static byte[] Rtp(ushort sequence, uint ssrc = 0x11223344, int payload = 160, int csrcs = 0, bool extension = false)
    {
        var header = 12 + (csrcs * 4) + (extension ? 8 : 0);
        var packet = new byte[header + payload + SrtpContext.MaxExpansion];
        packet[0] = (byte)(0x80 | csrcs | (extension ? 0x10 : 0));
        packet[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), sequence * 160u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        if (extension)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(header - 8), 0xBEDE0001);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(header - 4), 0x10AA0000);
        }

        for (var i = 0; i < payload; i++)
            packet[header + i] = (byte)(sequence + i);
        return packet;
    }

    /// <summary>A receiver report with a source description, with room behind.</summary>
    public static byte[] Rtcp(uint ssrc = 0x11223344, byte mark = 0)
    {
        var packet = new byte[8 + 12 + SrtpContext.MaxExpansion];
        packet[0] = 0x80;
        packet[1] = 201;
        packet[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        packet[8] = 0x81;
        packet[9] = 202;
        packet[11] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), ssrc);
        packet[16] = 1;
        packet[17] = 1;
        packet[18] = mark;
        return packet;
    }

    public static byte[] ProtectRtp(SrtpContext sender, byte[] packet)
    {
        var length = packet.Length - SrtpContext.MaxExpansion;
        Assert.True(sender.ProtectRtp(packet, ref length));
        return packet[..length];
    }

    public static byte[] ProtectRtcp(SrtpContext sender, byte[] packet)
    {
        var length = packet.Length - SrtpContext.MaxExpansion;
        Assert.True(sender.ProtectRtcp(packet, ref length));
        return packet[..length];
    }

    /// <summary>The plain packet without its spare room.</summary>
    public static byte[] Plain(byte[] packet) => packet[..^SrtpContext.MaxExpansion];

    public static SrtpVerdict UnprotectRtp(SrtpContext receiver, byte[] packet, out byte[] plain)
    {
        var copy = packet.ToArray();
        var length = copy.Length;
        var verdict = receiver.UnprotectRtp(copy, ref length);
        if (verdict != SrtpVerdict.Accepted)
        {
            Assert.Equal(packet, copy);
            Assert.Equal(packet.Length, length);
        }

        plain = copy[..length];
        return verdict;
    }

    public static SrtpVerdict UnprotectRtcp(SrtpContext receiver, byte[] packet, out byte[] plain)
    {
        var copy = packet.ToArray();
        var length = copy.Length;
        var verdict = receiver.UnprotectRtcp(copy, ref length);
        if (verdict != SrtpVerdict.Accepted)
        {
            Assert.Equal(packet, copy);
            Assert.Equal(packet.Length, length);
        }

        plain = copy[..length];
        return verdict;
    }
}
