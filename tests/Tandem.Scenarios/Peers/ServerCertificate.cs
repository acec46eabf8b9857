using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.Scenarios.Peers;

/// <summary>A certificate for 127.0.0.1 in the two files that a server is given, which can be replaced while it runs.</summary>
public static class ServerCertificate
{
    /// <summary>Where a server with this folder finds certificate and key, looked at each second.</summary>
    public static Dictionary<string, string> Settings(string folder) => new()
    {
        ["TLS_CERT"] = Path.Combine(folder, "cert.pem"),
        ["TLS_KEY"] = Path.Combine(folder, "key.pem"),
        ["TLS_POLL"] = "1",
    };

    /// <summary>Makes another certificate and puts it there, the key first.</summary>
    public static X509Certificate2 Write(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        var request = new CertificateRequest("CN=scenario", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(60));
        Replace(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        Replace(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        return certificate;
    }

    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
