using System.Security.Cryptography;

namespace Tandem.Media.Srtp;

/// <summary>A master key with its salt (RFC 3711 §8.2). Never printed.</summary>
/// <param name="Key">16 bytes, or 32 for AES-256.</param>
/// <param name="Salt">14 bytes for AES-CM, 12 for GCM.</param>
public sealed record SrtpKey(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Salt)
{
    /// <summary>Bytes of the longest master key identifier that we take, as every packet carries it: what the examples of RFC 4568 have.</summary>
    public const int MaxIdentifierLength = 32;

    /// <summary>The master key identifier that each packet names, big-endian; empty without one, as nearly always (RFC 3711 §3.1, 4568 §6.1).</summary>
    public ReadOnlyMemory<byte> Identifier { get; init; }

    /// <summary>A new key for a profile.</summary>
    /// <param name="profile">It decides the lengths.</param>
    /// <param name="random">A cryptographic source (<see cref="Core.Privacy.SecureRandom"/>); an ordinary one in tests only.</param>
    public static SrtpKey Create(SrtpProfile profile, Random random)
    {
        var key = new byte[profile.KeyLength()];
        var salt = new byte[profile.SaltLength()];
        random.NextBytes(key);
        random.NextBytes(salt);
        return new SrtpKey(key, salt);
    }

    /// <summary>True when the lengths are those of <paramref name="profile"/>.</summary>
    public bool Fits(SrtpProfile profile) =>
        Key.Length == profile.KeyLength() && Salt.Length == profile.SaltLength() && Identifier.Length <= MaxIdentifierLength;

    public bool Equals(SrtpKey? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(Key.Span, other.Key.Span) && Salt.Span.SequenceEqual(other.Salt.Span)
        && Identifier.Span.SequenceEqual(other.Identifier.Span);

    public override int GetHashCode() => Key.Length;

    public override string ToString() => "(key)";
}
