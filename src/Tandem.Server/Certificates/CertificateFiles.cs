using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.Server.Options;
using Tandem.Sip.Transport;

namespace Tandem.Server.Certificates;

/// <summary>Reads certificates, keys and roots from PEM files and says in one line what is wrong with them.</summary>
public static class CertificateFiles
{
    private const int LongestFile = 1 << 20;

    /// <summary>Where the self-signed certificate lies when no other is named.</summary>
    public static string SelfSignedCertificate(string dataDirectory) => Path.Combine(dataDirectory, "tls", "certificate.pem");

    /// <summary>Where its key lies.</summary>
    public static string SelfSignedKey(string dataDirectory) => Path.Combine(dataDirectory, "tls", "key.pem");

    /// <summary>Reads what the settings name, or the self-signed certificate.</summary>
    /// <exception cref="CertificateException">A file cannot be used; the message names the setting.</exception>
    public static CertificateSet Read(CertificateOptions options, string dataDirectory)
    {
        var isOwn = options.CertificateFile is null;
        var certificatePath = options.CertificateFile ?? SelfSignedCertificate(dataDirectory);
        var keyPath = options.KeyFile ?? SelfSignedKey(dataDirectory);
        var certificateText = ReadText(isOwn ? certificatePath : $"TLS_CERT={certificatePath}", certificatePath);
        var keyText = ReadText(isOwn ? keyPath : $"TLS_KEY={keyPath}", keyPath);
        var trustText = options.TrustFile is { } trustPath ? ReadText($"TLS_CA={trustPath}", trustPath) : "";
        var chain = ReadCertificates(isOwn ? certificatePath : $"TLS_CERT={certificatePath}", certificateText);
        var leaf = Join(certificateText, keyText, isOwn ? $"{certificatePath} and {keyPath}" : $"TLS_CERT={certificatePath} and TLS_KEY={keyPath}");
        var trusted = options.TrustFile is null ? null : ReadCertificates($"TLS_CA={options.TrustFile}", trustText);
        chain.RemoveAt(0);
        return new CertificateSet
        {
            Tls = new TlsCertificates(SslStreamCertificateContext.Create(leaf, chain, offline: true), trusted),
            Leaf = leaf,
            Version = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{certificateText}\0{keyText}\0{trustText}"))),
            IsSelfSigned = leaf.SubjectName.RawData.AsSpan().SequenceEqual(leaf.IssuerName.RawData),
        };
    }

    private static string ReadText(string name, string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > LongestFile)
                throw new CertificateException($"{name} is no PEM file: it is larger than {LongestFile >> 10} KiB");

            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{name} cannot be read: {e.Message}", e);
        }
    }

    private static X509Certificate2Collection ReadCertificates(string name, string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new CertificateException($"{name} is no PEM file with certificates: {e.Message}", e);
        }

        return certificates.Count > 0 ? certificates : throw new CertificateException($"{name} has no certificate in it (-----BEGIN CERTIFICATE-----)");
    }

    private static X509Certificate2 Join(string certificateText, string keyText, string names)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificateText, keyText);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{names} do not belong together: {e.Message}", e);
        }
    }
}
