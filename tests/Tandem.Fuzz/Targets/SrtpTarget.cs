using Tandem.Media.Srtp;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// Protected packets: the first byte picks the profile, the rest is what came. Whatever is not accepted stays as it was; what is accepted was
/// made by the sender; and after all of it the next packet of the sender is taken.
/// </summary>
internal static class SrtpTarget
{
    private const uint Ssrc = 0x01020304;

    private static readonly byte[] Samples = [0x80, 0, 0, 5, 0, 0, 0, 1, 1, 2, 3, 4, 9, 8, 7, 6];

    /// <summary>A packet of each kind and profile, as they are on the wire.</summary>
    public static IEnumerable<byte[]> Corpus
    {
        get
        {
            for (byte i = 0; i < SrtpProfiles.All.Count; i++)
            {
                using var sender = Context(i);
                foreach (var isRtcp in new[] { false, true })
                {
                    var packet = Packet(isRtcp, 5);
                    var length = Samples.Length;
                    Check.That(isRtcp ? sender.ProtectRtcp(packet, ref length) : sender.ProtectRtp(packet, ref length), "not protected");
                    yield return [i, .. packet[..length]];
                }
            }
        }
    }

    public static int Run(byte[] input)
    {
        if (input.Length == 0)
            return 0;

        using var receiver = Context(input[0]);
        using var sender = Context(input[0]);
        var packet = input[1..];
        var length = packet.Length;
        var rtp = receiver.UnprotectRtp(packet, ref length);
        Judge(rtp, packet, input, length);
        packet = input[1..];
        length = packet.Length;
        var rtcp = receiver.UnprotectRtcp(packet, ref length);
        Judge(rtcp, packet, input, length);
        Check.That(receiver.StreamCount <= 1, "a stream of nobody");

        packet = [.. input[1..], .. new byte[SrtpContext.MaxExpansion]];
        length = input.Length - 1;
        var isSent = sender.ProtectRtp(packet, ref length);
        Check.That(!isSent || length > input.Length - 1, "no tag");

        packet = Packet(isRtcp: false, sequence: 6);
        length = Samples.Length;
        using var other = Context(input[0]);
        Check.That(other.ProtectRtp(packet, ref length), "not protected");
        Check.That(receiver.UnprotectRtp(packet, ref length) == SrtpVerdict.Accepted, "the next packet is refused");
        return HashCode.Combine(rtp, rtcp, isSent);
    }

    private static void Judge(SrtpVerdict verdict, byte[] packet, byte[] input, int length)
    {
        if (verdict == SrtpVerdict.Accepted)
            Check.That(length == Samples.Length, "a length that nobody sent");
        else
            Check.That(length == packet.Length && packet.AsSpan().SequenceEqual(input.AsSpan(1)), "a refused packet was changed");
    }

    private static SrtpContext Context(byte kind)
    {
        var profile = SrtpProfiles.All[kind % SrtpProfiles.All.Count];
        return SrtpContext.Create(profile, SrtpKey.Create(profile, new Random(7)), SrtpOptions.Default);
    }

    private static byte[] Packet(bool isRtcp, byte sequence)
    {
        byte[] packet = [.. Samples, .. new byte[SrtpContext.MaxExpansion]];
        packet[3] = sequence;
        if (isRtcp)
        {
            packet[1] = 201;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), Ssrc);
        }

        return packet;
    }
}
