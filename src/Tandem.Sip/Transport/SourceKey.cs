using System.Buffers.Binary;
using Tandem.Core.Net;

namespace Tandem.Sip.Transport;

/// <summary>What counts as one source: an IPv4 address, or the prefix of an IPv6 address. Its hash has a random seed, so nobody can choose addresses that collide.</summary>
internal readonly record struct SourceKey(ulong High, ulong Low)
{
    public static SourceKey Of(in NetAddress source, int ipv6PrefixBits)
    {
        if (!source.IsV6)
            return new SourceKey(0, 0xFFFF_0000_0000UL | source.V4);

        Span<byte> bytes = stackalloc byte[16];
        source.WriteV6(bytes);
        return new SourceKey(
            BinaryPrimitives.ReadUInt64BigEndian(bytes) & HighMask(ipv6PrefixBits),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & HighMask(ipv6PrefixBits - 64));
    }

    public override int GetHashCode() => HashCode.Combine(High, Low);

    private static ulong HighMask(int bits) => bits <= 0 ? 0 : bits >= 64 ? ulong.MaxValue : ulong.MaxValue << (64 - bits);
}
