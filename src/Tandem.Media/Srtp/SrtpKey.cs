namespace Tandem.Media.Srtp;

/// <summary>A master key with its salt (RFC 3711 §8.2). Never printed.</summary>
/// <param name="Key">16 bytes, or 32 for AES-256.</param>
/// <param name="Salt">14 bytes for AES-CM, 12 for GCM.</param>
public sealed record SrtpKey(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Salt)
{
    public bool Equals(SrtpKey? other) => other is not null && Key.Span.SequenceEqual(other.Key.Span) && Salt.Span.SequenceEqual(other.Salt.Span);

    public override int GetHashCode() => Key.Length;

    public override string ToString() => "(key)";
}
