using System.Globalization;
using Tandem.Server.Options;

namespace Tandem.Server.Certificates;

/// <summary>What <c>tandem check</c> and the start say of the certificate.</summary>
public static class CertificateChecks
{
    /// <summary>One line when a start could not use the certificate; null when it could, or would make one.</summary>
    public static string? Problem(TandemOptions options)
    {
        var isThere = options.Tls.CertificateFile is not null || File.Exists(CertificateFiles.SelfSignedCertificate(options.Server.DataDirectory));
        if (!isThere && options.Tls.TrustFile is null)
            return null;

        try
        {
            if (isThere)
                CertificateFiles.Read(options.Tls, options.Server.DataDirectory).Leaf.Dispose();
            else if (!File.Exists(options.Tls.TrustFile))
                return $"TLS_CA={options.Tls.TrustFile} cannot be read: there is no such file";

            return null;
        }
        catch (CertificateException e)
        {
            return e.Message;
        }
    }

    /// <summary>One line for each thing about a usable certificate that an operator should know.</summary>
    public static IEnumerable<string> Warnings(TandemOptions options, DateTimeOffset now)
    {
        if (!options.SipTransport.Tls.VerifyPeers)
            yield return "TLS_VERIFY=false: whoever is in between can read and change what goes to other servers over TLS. For a closed lab only";

        if (Problem(options) is not null)
            yield break;

        if ((options.Tls.CertificateFile ?? CertificateFiles.SelfSignedCertificate(options.Server.DataDirectory)) is { } path && File.Exists(path))
        {
            using var leaf = CertificateFiles.Read(options.Tls, options.Server.DataDirectory).Leaf;
            var left = new DateTimeOffset(leaf.NotAfter.ToUniversalTime()) - now;
            if (left <= TimeSpan.Zero)
                yield return string.Create(CultureInfo.InvariantCulture, $"the certificate in {path} expired on {leaf.NotAfter:yyyy-MM-dd}");
            else if (left <= TimeSpan.FromDays(options.Tls.WarnDays))
                yield return string.Create(CultureInfo.InvariantCulture, $"the certificate in {path} expires on {leaf.NotAfter:yyyy-MM-dd}, in {(int)left.TotalDays} days");
            else if (now < leaf.NotBefore.ToUniversalTime())
                yield return string.Create(CultureInfo.InvariantCulture, $"the certificate in {path} is not valid before {leaf.NotBefore:yyyy-MM-dd}: is the clock right?");
        }
    }
}
