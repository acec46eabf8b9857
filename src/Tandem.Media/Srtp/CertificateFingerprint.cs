namespace Tandem.Media.Srtp;

/// <summary>The hash of a certificate as <c>a=fingerprint</c> gives it (RFC 8122 §5).</summary>
/// <param name="Algorithm">The hash function in lower case: <c>sha-256</c>, <c>sha-1</c>, <c>sha-384</c>, <c>sha-512</c>.</param>
/// <param name="Value">The hash.</param>
public sealed record CertificateFingerprint(string Algorithm, ReadOnlyMemory<byte> Value)
{
    public bool Equals(CertificateFingerprint? other) =>
        other is not null && Algorithm == other.Algorithm && Value.Span.SequenceEqual(other.Value.Span);

    public override int GetHashCode() => HashCode.Combine(Algorithm, Value.Length);

    public override string ToString() => $"{Algorithm} {Convert.ToHexString(Value.Span)}";
}
