using System.Buffers.Binary;
using Tandem.Core.Net;

namespace Tandem.Sip.Transport;

/// <summary>
/// The STUN server of the SIP port, as much of it as the keep-alive of RFC 5626 §8 needs: Binding requests (RFC 8489) get
/// XOR-MAPPED-ADDRESS, so that a phone sees its flow alive and its mapping unchanged. Nothing is kept, an answer is never longer than
/// the request and 36 bytes, and whatever is no such request is not answered.
/// </summary>
internal static class StunBinding
{
    /// <summary>Room that any answer needs.</summary>
    public const int MaxAnswerBytes = 96;

    private const int HeaderBytes = 20;

    // A datagram of STUN fits into any path (RFC 8489 §6.1).
    private const int MaxRequestBytes = 548;
    private const uint MagicCookie = 0x2112A442;
    private const ushort BindingRequest = 0x0001;
    private const ushort BindingSuccess = 0x0101;
    private const ushort BindingError = 0x0111;
    private const ushort ErrorCode = 0x0009;
    private const ushort UnknownAttributes = 0x000A;
    private const ushort XorMappedAddress = 0x0020;
    private const ushort Fingerprint = 0x8028;
    private const uint FingerprintMask = 0x5354554E;
    private const int FingerprintBytes = 8;
    private const int MaxUnknown = 8;

    /// <summary>True for what may be STUN: the first two bits are 0 and the cookie is there (RFC 7983 §7); no SIP message looks so.</summary>
    public static bool Looks(ReadOnlySpan<byte> data) =>
        data.Length >= HeaderBytes && (data[0] & 0xC0) == 0 && BinaryPrimitives.ReadUInt32BigEndian(data[4..]) == MagicCookie;

    /// <summary>Writes the answer to a datagram from <paramref name="source"/>; returns its length, 0 when there is none to give.</summary>
    public static int Answer(ReadOnlySpan<byte> data, in NetAddress source, Span<byte> answer)
    {
        // RFC 8489 §6.3: the length counts what follows the header, in whole words.
        if (!Looks(data) || data.Length > MaxRequestBytes || BinaryPrimitives.ReadUInt16BigEndian(data) != BindingRequest
            || BinaryPrimitives.ReadUInt16BigEndian(data[2..]) != data.Length - HeaderBytes || data.Length % 4 != 0)
            return 0;

        Span<ushort> unknown = stackalloc ushort[MaxUnknown];
        if (!ReadAttributes(data, unknown, out var unknownCount, out var hasFingerprint))
            return 0;

        data[..HeaderBytes].CopyTo(answer);
        int length;
        if (unknownCount > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(answer, BindingError);
            length = WriteRefusal(answer, unknown[..unknownCount]);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(answer, BindingSuccess);
            length = WriteAddress(answer, source);
        }

        var total = length + (hasFingerprint ? FingerprintBytes : 0);
        BinaryPrimitives.WriteUInt16BigEndian(answer[2..], (ushort)(total - HeaderBytes));
        if (hasFingerprint)
        {
            BinaryPrimitives.WriteUInt16BigEndian(answer[length..], Fingerprint);
            BinaryPrimitives.WriteUInt16BigEndian(answer[(length + 2)..], 4);
            BinaryPrimitives.WriteUInt32BigEndian(answer[(length + 4)..], Crc32(answer[..length]) ^ FingerprintMask);
        }

        return total;
    }

    // Attributes of credentials are known and not looked at: this usage has none (RFC 5626 §8). Of the others a client may demand that
    // they are understood, which is then refused (RFC 8489 §6.3.1).
    private static bool ReadAttributes(ReadOnlySpan<byte> data, Span<ushort> unknown, out int unknownCount, out bool hasFingerprint)
    {
        unknownCount = 0;
        hasFingerprint = false;
        var at = HeaderBytes;
        while (at < data.Length)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(data[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 2)..]);
            var next = at + 4 + ((length + 3) & ~3);
            if (next > data.Length)
                return false;

            if (type == Fingerprint)
            {
                // It is the last one, and over everything before it.
                hasFingerprint = true;
                return length == 4 && next == data.Length
                    && BinaryPrimitives.ReadUInt32BigEndian(data[(at + 4)..]) == (Crc32(data[..at]) ^ FingerprintMask);
            }

            if (type < 0x8000 && !IsKnown(type) && unknownCount < unknown.Length)
                unknown[unknownCount++] = type;

            at = next;
        }

        return true;
    }

    // RFC 8489 §18.3.1: addresses, credentials, errors.
    private static bool IsKnown(ushort type) => type is 0x0001 or 0x0006 or 0x0008 or ErrorCode or UnknownAttributes or 0x0014 or 0x0015
        or 0x001C or 0x001D or 0x001E or XorMappedAddress;

    // §14.2
    private static int WriteAddress(Span<byte> answer, in NetAddress source)
    {
        var addressBytes = source.IsV6 ? 16 : 4;
        var attribute = answer[HeaderBytes..];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, XorMappedAddress);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)(4 + addressBytes));
        attribute[4] = 0;
        attribute[5] = (byte)(source.IsV6 ? 2 : 1);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[6..], (ushort)(source.Port ^ (MagicCookie >> 16)));
        var address = attribute.Slice(8, addressBytes);
        if (source.IsV6)
            source.WriteV6(address);
        else
            BinaryPrimitives.WriteUInt32BigEndian(address, source.V4);

        // The mask is the cookie and the transaction id, as they stand in the header.
        for (var i = 0; i < addressBytes; i++)
            address[i] ^= answer[4 + i];

        return HeaderBytes + 8 + addressBytes;
    }

    // §14.8, §14.9: 420 without a phrase.
    private static int WriteRefusal(Span<byte> answer, ReadOnlySpan<ushort> unknown)
    {
        var error = answer[HeaderBytes..];
        BinaryPrimitives.WriteUInt16BigEndian(error, ErrorCode);
        BinaryPrimitives.WriteUInt16BigEndian(error[2..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(error[4..], 0x0414);
        var list = error[8..];
        BinaryPrimitives.WriteUInt16BigEndian(list, UnknownAttributes);
        BinaryPrimitives.WriteUInt16BigEndian(list[2..], (ushort)(2 * unknown.Length));
        var padded = ((2 * unknown.Length) + 3) & ~3;
        list.Slice(4, padded).Clear();
        for (var i = 0; i < unknown.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(list[(4 + (2 * i))..], unknown[i]);

        return HeaderBytes + 8 + 4 + padded;
    }

    // §14.7: the CRC of ITU V.42. Few bytes, now and then: no table. The length in the header counts the fingerprint already.
    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
