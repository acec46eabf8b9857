using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.Scenarios.Peers;

/// <summary>A server that trusts two certificates, of which one has the name of the proxy.</summary>
public sealed class CertificateServer : SippServer
{
    public X509Certificate2 Right { get; } = Make("one." + Domain);

    public X509Certificate2 Wrong { get; } = Make("two." + Domain);

    protected override void Configure(string folder, Dictionary<string, string> settings)
    {
        settings["TLS_CA"] = Path.Combine(folder, "trusted.pem");
        File.WriteAllText(settings["TLS_CA"], Right.ExportCertificatePem() + "\n" + Wrong.ExportCertificatePem() + "\n");
    }

    private static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        var request = new CertificateRequest("CN=scenario " + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(60));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
