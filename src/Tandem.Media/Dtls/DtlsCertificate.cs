using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Media.Native;
using Tandem.Media.Srtp;

namespace Tandem.Media.Dtls;

/// <summary>
/// A self-signed certificate on P-256 with its key, and the settings of libssl under which it speaks DTLS 1.2. Peers know it by the
/// fingerprint in our SDP alone (RFC 5763 §5), so it names nobody and is made anew by every process. There are several, for a peer that goes
/// from one session to another makes a new association only when it is told another fingerprint (RFC 8842 §4). Safe for all threads.
/// </summary>
public sealed class DtlsCertificate : IDisposable
{
    // Two: whoever moves on shows the other one, and its peer compares with nothing older.
    private static readonly Lazy<DtlsCertificate[]> OfProcess = new(static () => [Create(TimeProvider.System), Create(TimeProvider.System)]);

    private DtlsCertificate(byte[] der, byte[] key)
    {
        Fingerprint = new CertificateFingerprint("sha-256", SHA256.HashData(der));
        Context = new SslContext(der, key);
    }

    /// <summary>True when libssl is here: without it there is no DTLS.</summary>
    public static bool IsAvailable => LibSsl.IsAvailable;

    /// <summary>Those of this process, made at first use; they are never disposed.</summary>
    public static IReadOnlyList<DtlsCertificate> All => OfProcess.Value;

    /// <summary>The first one of this process: for whoever has no association with us yet.</summary>
    public static DtlsCertificate Shared => OfProcess.Value[0];

    /// <summary>For <c>a=fingerprint</c>: SHA-256.</summary>
    public CertificateFingerprint Fingerprint { get; }

    internal SslContext Context { get; }

    /// <summary>A new certificate, valid from yesterday for ten years: a process does not outlive it, and a peer's clock may be wrong.</summary>
    /// <exception cref="CryptographicException">libssl refuses the certificate or our settings.</exception>
    public static DtlsCertificate Create(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=media", key, HashAlgorithmName.SHA256);
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        var secret = key.ExportECPrivateKey();
        try
        {
            return new DtlsCertificate(certificate.RawData, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Gives the native memory back when the last association that uses it is gone.</summary>
    public void Dispose() => Context.Dispose();
}
