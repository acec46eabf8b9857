using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Server.Options;

namespace Tandem.Server.Certificates;

/// <summary>
/// Makes the certificate of an installation that has none: ECDSA on P-256, for the names and addresses that this machine is
/// reached by. It encrypts; it proves nothing to whoever was not told to trust it.
/// </summary>
public static class SelfSignedCertificate
{
    /// <summary>Makes certificate and key (mode 0600) in the data folder unless they are there; true when it made them.</summary>
    /// <exception cref="CertificateException">The folder cannot be written.</exception>
    public static bool Ensure(ServerOptions server, CertificateOptions options, IEnumerable<IPAddress> addresses, DateTimeOffset now)
    {
        var certificatePath = CertificateFiles.SelfSignedCertificate(server.DataDirectory);
        var keyPath = CertificateFiles.SelfSignedKey(server.DataDirectory);
        if (File.Exists(certificatePath) && File.Exists(keyPath))
            return false;

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Make(key, server.ServerAddress, addresses, now, now.AddDays(options.SelfSignedDays));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(keyPath)!);
            Write(keyPath, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Write(certificatePath, certificate.ExportCertificatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"DATA_DIR={server.DataDirectory} takes no certificate: {e.Message}", e);
        }

        return true;
    }

    /// <summary>The names and addresses of this machine that a certificate is made for.</summary>
    public static X509Certificate2 Make(ECDsa key, string? serverAddress, IEnumerable<IPAddress> addresses, DateTimeOffset from, DateTimeOffset until)
    {
        var host = Dns.GetHostName();
        var names = new SubjectAlternativeNameBuilder();
        if (Uri.CheckHostName(host) == UriHostNameType.Dns)
            names.AddDnsName(host);
        if (!host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            names.AddDnsName("localhost");

        var all = new HashSet<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback };
        if (serverAddress is not null && IPAddress.TryParse(serverAddress, out var configured))
            all.Add(configured);

        all.UnionWith(addresses);
        foreach (var address in all)
            names.AddIpAddress(address);

        // A distinguished name built as data: a host name cannot smuggle parts into it.
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(host);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));

        // Clocks of phones are often a little behind.
        return request.CreateSelfSigned(from.AddDays(-1), until);
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;

        // A half-written file of a start that was killed is replaced whole.
        var draft = path + ".new";
        File.Delete(draft);
        using (var writer = new StreamWriter(draft, options))
            writer.Write(text);

        File.Move(draft, path, overwrite: true);
    }
}
