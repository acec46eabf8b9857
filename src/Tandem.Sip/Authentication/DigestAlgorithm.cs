namespace Tandem.Sip.Authentication;

/// <summary>The digest algorithms that we speak (RFC 7616 §3.3, RFC 8760 §2.1). SHA-512-256 is not in .NET and is not offered.</summary>
public enum DigestAlgorithm : byte
{
    Md5,
    Sha256,
}
