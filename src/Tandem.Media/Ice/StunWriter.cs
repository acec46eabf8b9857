using System.Buffers.Binary;
using Tandem.Core.Net;

namespace Tandem.Media.Ice;

/// <summary>
/// Writes one STUN message into a buffer that has room for it. Attributes first, then the integrity, the fingerprint last. Nothing is
/// allocated.
/// </summary>
public ref struct StunWriter
{
    private readonly Span<byte> _buffer;

    /// <param name="buffer">Where the message goes.</param>
    /// <param name="type">The class; the method is Binding.</param>
    /// <param name="transactionId">12 bytes.</param>
    public StunWriter(Span<byte> buffer, StunClass type, scoped ReadOnlySpan<byte> transactionId)
    {
        _buffer = buffer;
        var bits = StunMessage.Binding | (((int)type & 1) << 4) | (((int)type & 2) << 7);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)bits);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        transactionId.CopyTo(buffer.Slice(8, 12));
        Length = StunMessage.HeaderBytes;
        WriteLength();
    }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>An attribute of any value; padding is zeros.</summary>
    public void Add(StunAttribute type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Begin(type, value.Length));

    /// <summary>PRIORITY and other numbers of 32 bits.</summary>
    public void Add(StunAttribute type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Begin(type, 4), value);

    /// <summary>ICE-CONTROLLED, ICE-CONTROLLING.</summary>
    public void Add(StunAttribute type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Begin(type, 8), value);

    /// <summary>XOR-MAPPED-ADDRESS (RFC 8489 §14.2).</summary>
    public void AddMappedAddress(in NetAddress address)
    {
        var value = Begin(StunAttribute.XorMappedAddress, address.IsV6 ? 20 : 8);
        value[1] = (byte)(address.IsV6 ? 2 : 1);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (StunMessage.MagicCookie >> 16)));
        if (address.IsV6)
            address.WriteV6(value[4..]);
        else
            BinaryPrimitives.WriteUInt32BigEndian(value[4..], address.V4);

        // The mask is the cookie and the transaction id, as they stand in the header.
        for (var i = 4; i < value.Length; i++)
            value[i] ^= _buffer[i];
    }

    /// <summary>ERROR-CODE without a phrase (§14.8).</summary>
    public void AddError(int code) => Add(StunAttribute.ErrorCode, (uint)(((code / 100) << 8) | (code % 100)));

    /// <summary>UNKNOWN-ATTRIBUTES (§14.9): those of <paramref name="request"/>.</summary>
    public void AddUnknown(in StunMessage request)
    {
        var value = Begin(StunAttribute.UnknownAttributes, 2 * request.UnknownCount);
        for (var i = 0; i < request.UnknownCount; i++)
            BinaryPrimitives.WriteUInt16BigEndian(value[(2 * i)..], request.Unknown(i));
    }

    /// <summary>MESSAGE-INTEGRITY, or MESSAGE-INTEGRITY-SHA256, over all so far.</summary>
    public void AddIntegrity(scoped ReadOnlySpan<byte> key, bool sha256)
    {
        Span<byte> mac = stackalloc byte[32];
        StunIntegrity.Compute(_buffer[..Length], key, sha256, mac);
        Add(sha256 ? StunAttribute.MessageIntegritySha256 : StunAttribute.MessageIntegrity, mac[..(sha256 ? 32 : 20)]);
    }

    /// <summary>FINGERPRINT, the last attribute.</summary>
    public void AddFingerprint()
    {
        var before = Length;
        var value = Begin(StunAttribute.Fingerprint, 4);
        BinaryPrimitives.WriteUInt32BigEndian(value, StunCrc.Fingerprint(_buffer[..before]));
    }

    /// <summary>Takes over bytes that stand in the buffer already: whole attributes.</summary>
    internal void Skip(int bytes)
    {
        Length += bytes;
        WriteLength();
    }

    private Span<byte> Begin(StunAttribute type, int length)
    {
        var attribute = _buffer[Length..];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)length);
        var padded = (length + 3) & ~3;
        attribute.Slice(4, padded).Clear();
        Length += 4 + padded;
        WriteLength();
        return attribute.Slice(4, length);
    }

    private readonly void WriteLength() => BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(Length - StunMessage.HeaderBytes));
}
