using System.Buffers.Binary;

namespace Tandem.Media.Rtp;

/// <summary>Header extensions of RTP in the one-byte and the two-byte form (RFC 8285 §4.2, §4.3), read in place.</summary>
public static class RtpExtension
{
    private const int OneByteProfile = 0xBEDE;
    private const int TwoByteProfile = 0x1000;

    /// <summary>The data of the element <paramref name="id"/>; empty when it is not there.</summary>
    /// <param name="header">The header of a packet whose length was checked (<see cref="RtpHeader.TryParse"/>), up to its payload.</param>
    /// <param name="id">1 to 255, as <c>a=extmap</c> says.</param>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> header, int id)
    {
        var start = RtpHeader.FixedLength + ((header[0] & 0x0F) * 4);
        if ((header[0] & 0x10) == 0 || header.Length < start + 4)
            return default;

        var profile = BinaryPrimitives.ReadUInt16BigEndian(header[start..]);
        var rest = header[(start + 4)..];
        if (profile == OneByteProfile)
            return FindOneByte(rest, id);
        return (profile & 0xFFF0) == TwoByteProfile ? FindTwoByte(rest, id) : default;
    }

    private static ReadOnlySpan<byte> FindOneByte(ReadOnlySpan<byte> rest, int id)
    {
        while (!rest.IsEmpty)
        {
            if (rest[0] == 0)
            {
                rest = rest[1..];
                continue;
            }

            // §4.2: the id 15 ends the list; the length is one less than the data's.
            var element = rest[0] >> 4;
            var length = (rest[0] & 0x0F) + 1;
            if (element == 15 || length >= rest.Length)
                return default;
            if (element == id)
                return rest.Slice(1, length);

            rest = rest[(length + 1)..];
        }

        return default;
    }

    private static ReadOnlySpan<byte> FindTwoByte(ReadOnlySpan<byte> rest, int id)
    {
        while (!rest.IsEmpty)
        {
            if (rest[0] == 0)
            {
                rest = rest[1..];
                continue;
            }

            if (rest.Length < 2 || rest[1] > rest.Length - 2)
                return default;
            if (rest[0] == id)
                return rest.Slice(2, rest[1]);

            rest = rest[(rest[1] + 2)..];
        }

        return default;
    }
}
