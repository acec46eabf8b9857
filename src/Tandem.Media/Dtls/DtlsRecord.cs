using System.Buffers.Binary;

namespace Tandem.Media.Dtls;

/// <summary>
/// The header of a DTLS record (RFC 6347 §4.1).
/// <code>
/// | type | version (2) | epoch (2) | sequence number (6) | length (2) | fragment ...
/// </code>
/// </summary>
/// <param name="Length">Bytes of the whole record, header included.</param>
internal readonly record struct DtlsRecord(byte Type, ushort Epoch, int Length)
{
    public const int HeaderLength = 13;
    public const byte ChangeCipherSpec = 20;
    public const byte Alert = 21;
    public const byte Handshake = 22;
    public const byte ApplicationData = 23;

    /// <summary>An encrypted record with its nonce, tag and a byte of content (RFC 5288 §3); libssl gives up over what is shorter.</summary>
    public const int MinEncryptedLength = HeaderLength + 8 + 16 + 1;

    private const byte ClientHello = 1;
    private const int RandomLength = 32;
    private const int HandshakeHeaderLength = 12;
    private const int MaxHandshakeLength = 16 * 1024;

    /// <summary>Reads the first record of <paramref name="data"/>; false when there is none of DTLS 1.0 or 1.2 that is whole.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, out DtlsRecord record)
    {
        record = default;
        if (data.Length < HeaderLength || data[0] is < ChangeCipherSpec or > ApplicationData || data[1] != 0xFE || data[2] is not (0xFF or 0xFD))
            return false;

        var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(data[11..]);
        if (length > data.Length)
            return false;

        record = new DtlsRecord(data[0], BinaryPrimitives.ReadUInt16BigEndian(data[3..]), length);
        return true;
    }

    /// <summary>
    /// True when every message fragment of an unencrypted handshake record has sound lengths and a type that the role expects
    /// (RFC 6347 §4.2.2): anything else would end the handshake inside the library.
    /// </summary>
    public static bool IsSoundHandshake(ReadOnlySpan<byte> record, bool isClient)
    {
        var rest = record[HeaderLength..];
        if (rest.IsEmpty)
            return false;

        while (!rest.IsEmpty)
        {
            if (rest.Length < HandshakeHeaderLength)
                return false;

            var total = UInt24(rest[1..]);
            var offset = UInt24(rest[6..]);
            var length = UInt24(rest[9..]);
            if (total > MaxHandshakeLength || offset + length > total || rest.Length < HandshakeHeaderLength + length || !IsExpected(rest[0], isClient))
                return false;

            rest = rest[(HandshakeHeaderLength + length)..];
        }

        return true;
    }

    /// <summary>Reads the random of a ClientHello at the start of a datagram that is sound (RFC 5246 §7.4.1.2).</summary>
    public static bool TryReadClientRandom(ReadOnlySpan<byte> datagram, out UInt128 random)
    {
        const int Start = HeaderLength + HandshakeHeaderLength + 2;
        random = default;
        if (datagram.Length < Start + RandomLength || datagram[0] != Handshake || BinaryPrimitives.ReadUInt16BigEndian(datagram[3..]) != 0
            || datagram[HeaderLength] != ClientHello || UInt24(datagram[(HeaderLength + 6)..]) != 0)
        {
            return false;
        }

        random = BinaryPrimitives.ReadUInt128BigEndian(datagram[Start..]) ^ BinaryPrimitives.ReadUInt128BigEndian(datagram[(Start + 16)..]);
        return true;
    }

    // RFC 5246 §7.3, §7.4; RFC 6347 §4.2. Finished is always encrypted.
    private static bool IsExpected(byte type, bool isClient) => isClient
        ? type is 2 or 3 or 4 or 11 or 12 or 13 or 14 or 22
        : type is 1 or 11 or 15 or 16;

    private static int UInt24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
