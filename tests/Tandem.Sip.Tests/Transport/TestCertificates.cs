using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.Sip.Tests.Transport;

/// <summary>An authority of the test's own and certificates that it issues.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestCertificates()
    {
        var request = new CertificateRequest("CN=Authority of the tests", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(Root.RawData)];

    /// <summary>Issues a certificate for these alternative names: <c>dns:x</c>, <c>uri:x</c>, <c>ip:x</c>; none leaves the extension out. <c>use:oid</c> says what it is for.</summary>
    public X509Certificate2 Issue(string commonName, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        var uses = new OidCollection();
        foreach (var use in names.Where(name => name.StartsWith("use:", StringComparison.Ordinal)))
            uses.Add(new Oid(use[4..]));
        if (uses.Count > 0)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, critical: false));
        names = [.. names.Where(name => !name.StartsWith("use:", StringComparison.Ordinal))];
        if (names.Length > 0)
        {
            var builder = new SubjectAlternativeNameBuilder();
            foreach (var name in names)
            {
                var value = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
                if (name.StartsWith("dns:", StringComparison.Ordinal))
                    builder.AddDnsName(value);
                else if (name.StartsWith("uri:", StringComparison.Ordinal))
                    builder.AddUri(new Uri(value));
                else
                    builder.AddIpAddress(IPAddress.Parse(value));
            }

            request.CertificateExtensions.Add(builder.Build());
        }

        using var issued = request.Create(Root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(30), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        Root.Dispose();
        _key.Dispose();
    }
}
