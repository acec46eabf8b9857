using System.Buffers.Binary;

namespace Tandem.Media.Rtcp;

/// <summary>
/// Walks over the packets of an RTCP datagram: a compound (RFC 3550 §6.1) or one of reduced size, which may begin with any type (RFC 5506).
/// What is malformed ends the walk.
/// </summary>
public ref struct RtcpReader(ReadOnlySpan<byte> datagram)
{
    private const int HeaderBytes = 4;

    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>The next packet; false at the end and at the first one that is not well formed (§A.2).</summary>
    public bool TryRead(out RtcpBlock block)
    {
        block = default;
        if (_rest.Length < HeaderBytes || _rest[0] >> 6 != 2)
            return false;

        var length = (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) + 1) * 4;
        if (length > _rest.Length)
            return false;

        var body = _rest[HeaderBytes..length];
        if ((_rest[0] & 0x20) != 0)
        {
            // Padding is allowed in the last packet only, in whole words.
            var padding = _rest[length - 1];
            if (length != _rest.Length || padding == 0 || padding % 4 != 0 || padding > body.Length)
                return false;

            body = body[..^padding];
        }

        block = new RtcpBlock(_rest[1], _rest[0] & 0x1F, body);
        _rest = _rest[length..];
        return true;
    }
}
