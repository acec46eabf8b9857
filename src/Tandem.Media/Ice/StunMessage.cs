using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Tandem.Core.Net;

namespace Tandem.Media.Ice;

/// <summary>
/// A STUN message read in place (RFC 8489 §5).
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |0 0|     STUN message type     |         message length        |
/// |                     magic cookie 0x2112A442                   |
/// |                  transaction id, 96 bits                      |
/// |  attributes: type, length, value padded to 4 bytes ...        |
/// </code>
/// What stands behind the integrity is not read (§14.5).
/// </summary>
public readonly ref struct StunMessage
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 20;

    /// <summary>The longest message that is read, bytes. Checks of browsers come to about 150.</summary>
    public const int MaxBytes = 1280;

    /// <summary>The Binding method (§3.1), the only one that ICE uses.</summary>
    public const int Binding = 1;

    internal const uint MagicCookie = 0x2112A442;
    private const int MaxUnknown = 8;
    private const int MaxUsernameBytes = 508;
    private const int Sha1Bytes = 20;
    private const int Sha256Bytes = 32;

    private readonly ReadOnlySpan<byte> _data;
    private readonly int _integrityAt;
    private readonly int _integrity256At;
    private readonly int _fingerprintAt;
    private readonly int _mappedAt;
    private readonly UnknownTypes _unknown;
    private readonly int _unknownCount;

    private StunMessage(ReadOnlySpan<byte> data, out bool isValid)
    {
        _data = data;
        var type = BinaryPrimitives.ReadUInt16BigEndian(data);
        Class = (StunClass)(((type >> 4) & 1) | ((type >> 7) & 2));
        Method = (type & 0x000F) | ((type >> 1) & 0x0070) | ((type >> 2) & 0x0F80);
        isValid = false;
        var at = HeaderBytes;
        while (at < data.Length)
        {
            var attribute = (StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(data[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 2)..]);
            var next = at + 4 + ((length + 3) & ~3);
            if (next > data.Length)
                return;

            var value = data.Slice(at + 4, length);
            var isSealed = _integrityAt != 0 || _integrity256At != 0;
            switch (attribute)
            {
                // It is the last one.
                case StunAttribute.Fingerprint:
                    if (length != 4 || next != data.Length)
                        return;
                    _fingerprintAt = at;
                    break;
                case StunAttribute.MessageIntegritySha256:
                    if (length != Sha256Bytes)
                        return;
                    if (_integrity256At == 0)
                        _integrity256At = at;
                    break;
                case var _ when isSealed:
                    break;
                case StunAttribute.MessageIntegrity:
                    if (length != Sha1Bytes)
                        return;
                    _integrityAt = at;
                    break;
                case StunAttribute.Username:
                    if (length > MaxUsernameBytes)
                        return;
                    if (!HasUsername)
                        Username = value;
                    HasUsername = true;
                    break;
                case StunAttribute.Priority:
                    if (length != 4)
                        return;
                    Priority = BinaryPrimitives.ReadUInt32BigEndian(value);
                    break;
                case StunAttribute.UseCandidate:
                    UseCandidate = true;
                    break;
                case StunAttribute.IceControlled or StunAttribute.IceControlling:
                    if (length != 8)
                        return;
                    TieBreaker = BinaryPrimitives.ReadUInt64BigEndian(value);
                    IsControlled |= attribute == StunAttribute.IceControlled;
                    IsControlling |= attribute == StunAttribute.IceControlling;
                    break;
                case StunAttribute.ErrorCode:
                    if (length < 4)
                        return;
                    ErrorCode = ((value[2] & 7) * 100) + value[3];
                    break;
                case StunAttribute.XorMappedAddress:
                    if (_mappedAt == 0)
                        _mappedAt = at;
                    break;
                default:
                    if ((ushort)attribute < 0x8000 && !IsKnown(attribute))
                    {
                        if (_unknownCount < MaxUnknown)
                            _unknown[_unknownCount++] = (ushort)attribute;
                    }

                    break;
            }

            at = next;
        }

        isValid = true;
    }

    public StunClass Class { get; }

    /// <summary>12 bits; <see cref="Binding"/> or a method that we do not know.</summary>
    public int Method { get; }

    /// <summary>96 bits.</summary>
    public ReadOnlySpan<byte> TransactionId => _data.Slice(8, 12);

    public bool HasUsername { get; }

    /// <summary>Empty without.</summary>
    public ReadOnlySpan<byte> Username { get; }

    /// <summary>0 without (RFC 8445 §7.1.1).</summary>
    public uint Priority { get; }

    public bool UseCandidate { get; }

    /// <summary>ICE-CONTROLLED is there: the sender thinks that it is controlled.</summary>
    public bool IsControlled { get; }

    /// <summary>ICE-CONTROLLING is there.</summary>
    public bool IsControlling { get; }

    /// <summary>Of either of the two; 0 without.</summary>
    public ulong TieBreaker { get; }

    /// <summary>300 to 699; 0 without.</summary>
    public int ErrorCode { get; }

    /// <summary>MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 is there.</summary>
    public bool HasIntegrity => _integrityAt != 0 || _integrity256At != 0;

    /// <summary>MESSAGE-INTEGRITY-SHA256 is there: then an answer has it too (§9.1.3).</summary>
    public bool HasSha256 => _integrity256At != 0;

    /// <summary>Attributes that must be understood and are not, the first eight.</summary>
    public int UnknownCount => _unknownCount;

    /// <summary>True for what may be STUN: the first two bits are 0 and the cookie is there (RFC 7983 §7).</summary>
    public static bool Looks(ReadOnlySpan<byte> data) =>
        data.Length >= HeaderBytes && (data[0] & 0xC0) == 0 && BinaryPrimitives.ReadUInt32BigEndian(data[4..]) == MagicCookie;

    /// <summary>Reads <paramref name="data"/>; false when it is no well-formed STUN message (§5, §6.3). It must live as long as the result.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, out StunMessage message)
    {
        message = default;
        if (!Looks(data) || data.Length > MaxBytes || data.Length % 4 != 0
            || BinaryPrimitives.ReadUInt16BigEndian(data[2..]) != data.Length - HeaderBytes)
            return false;

        message = new StunMessage(data, out var isValid);
        return isValid;
    }

    /// <summary>The type of an attribute that is not understood, for the 420 (§14.9).</summary>
    public ushort Unknown(int index) => _unknown[index];

    /// <summary>True when FINGERPRINT is there and right (§14.7).</summary>
    public bool HasValidFingerprint() => _fingerprintAt != 0
        && BinaryPrimitives.ReadUInt32BigEndian(_data[(_fingerprintAt + 4)..]) == StunCrc.Fingerprint(_data[.._fingerprintAt]);

    /// <summary>
    /// True when the message is signed with <paramref name="key"/> (§9.1.3): by MESSAGE-INTEGRITY-SHA256 when it is there, else by
    /// MESSAGE-INTEGRITY.
    /// </summary>
    public bool IsSignedWith(ReadOnlySpan<byte> key)
    {
        if (!HasIntegrity)
            return false;

        var at = HasSha256 ? _integrity256At : _integrityAt;
        var size = HasSha256 ? Sha256Bytes : Sha1Bytes;
        Span<byte> mac = stackalloc byte[Sha256Bytes];
        StunIntegrity.Compute(_data[..at], key, HasSha256, mac);
        return CryptographicOperations.FixedTimeEquals(mac[..size], _data.Slice(at + 4, size));
    }

    /// <summary>XOR-MAPPED-ADDRESS (§14.2); false when it is missing or its family is unknown.</summary>
    public bool TryGetMappedAddress(out NetAddress address)
    {
        address = default;
        if (_mappedAt == 0)
            return false;

        var value = _data.Slice(_mappedAt + 4, BinaryPrimitives.ReadUInt16BigEndian(_data[(_mappedAt + 2)..]));
        if (value.Length < 8)
            return false;

        var port = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ (MagicCookie >> 16));
        if (value[1] == 1 && value.Length == 8)
        {
            address = NetAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(value[4..]) ^ MagicCookie, port);
            return true;
        }

        if (value[1] != 2 || value.Length != 20)
            return false;

        // The mask is the cookie and the transaction id, as they stand in the header.
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(value[4 + i] ^ _data[4 + i]);
        address = NetAddress.FromV6(bytes, port);
        return true;
    }

    // Known and of no meaning here: ignored (§6.3).
    private static bool IsKnown(StunAttribute attribute) => attribute is StunAttribute.MappedAddress or StunAttribute.UnknownAttributes
        or StunAttribute.Realm or StunAttribute.Nonce or StunAttribute.PasswordAlgorithm or StunAttribute.UserHash;

    [InlineArray(MaxUnknown)]
    private struct UnknownTypes
    {
        private ushort _first;
    }
}
