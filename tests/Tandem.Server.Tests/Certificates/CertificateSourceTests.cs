using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Tandem.Server.Options;

namespace Tandem.Server.Certificates;

public sealed class CertificateSourceTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly Lines _lines = new();
    private readonly Logger _log;

    public CertificateSourceTests() => _log = new LoggerConfiguration().WriteTo.Sink(_lines).CreateLogger();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_self_signed_certificate_is_made_once_for_the_names_of_the_machine()
    {
        var server = new ServerOptions { DataDirectory = _folder.At("data"), ServerAddress = "203.0.113.5" };
        var now = DateTimeOffset.UtcNow;

        Assert.True(SelfSignedCertificate.Ensure(server, new CertificateOptions(), [IPAddress.Parse("192.0.2.9")], now));
        var first = CertificateFiles.Read(new CertificateOptions(), server.DataDirectory);
        Assert.False(SelfSignedCertificate.Ensure(server, new CertificateOptions(), [], now));
        Assert.Equal(first.Fingerprint, CertificateFiles.Read(new CertificateOptions(), server.DataDirectory).Fingerprint);

        Assert.True(first.IsSelfSigned);
        Assert.Equal("1.2.840.10045.2.1", first.Leaf.GetKeyAlgorithm()); // an elliptic curve
        Assert.Equal(256, first.Leaf.GetECDsaPublicKey()!.KeySize);
        var names = first.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Contains("localhost", names.EnumerateDnsNames());
        Assert.Superset(
            new HashSet<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("192.0.2.9"), IPAddress.Parse("203.0.113.5") },
            names.EnumerateIPAddresses().ToHashSet());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(CertificateFiles.SelfSignedKey(server.DataDirectory)));
    }

    [Fact]
    public async Task Changed_files_are_taken_and_broken_ones_change_nothing_and_are_told_of_once()
    {
        var options = Write("one");
        await using var source = new CertificateSource(options, _folder.At("data"), _log, TimeProvider.System);
        var one = source.Current.Fingerprint;
        Assert.False(source.Refresh());

        _folder.Write("cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Assert.False(source.Refresh());
        Assert.False(source.Refresh());
        Assert.Equal(one, source.Current.Fingerprint);
        var line = Assert.Single(_lines.All);
        Assert.Equal(LogEventLevel.Error, line.Level);
        Assert.StartsWith("The certificate stays as it is: TLS_CERT=" + _folder.At("cert.pem"), line.RenderMessage(), StringComparison.Ordinal);

        Write("two");
        Assert.True(source.Refresh());
        Assert.NotEqual(one, source.Current.Fingerprint);
        Assert.Equal(2, _lines.All.Count);
    }

    [Theory]
    [InlineData("missing", "TLS_CERT={0} cannot be read: ")]
    [InlineData("none", "TLS_CERT={0} has no certificate in it")]
    [InlineData("other key", "TLS_CERT={0} and TLS_KEY={1} do not belong together: ")]
    [InlineData("no key", "TLS_CERT={0} and TLS_KEY={1} do not belong together: ")]
    [InlineData("no roots", "TLS_CA={2} has no certificate in it")]
    public void What_is_wrong_is_one_line_that_names_the_setting(string fault, string expected)
    {
        var options = Write("one");
        switch (fault)
        {
            case "missing":
                File.Delete(_folder.At("cert.pem"));
                break;
            case "none":
                _folder.Write("cert.pem", "hello");
                break;
            case "other key":
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                    _folder.Write("key.pem", other.ExportPkcs8PrivateKeyPem());
                break;
            case "no key":
                _folder.Write("key.pem", "");
                break;
            default:
                _folder.Write("ca.pem", "");
                options = options with { TrustFile = _folder.At("ca.pem") };
                break;
        }

        var message = Assert.Throws<CertificateException>(() => CertificateFiles.Read(options, _folder.At("data"))).Message;
        Assert.StartsWith(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, _folder.At("cert.pem"), _folder.At("key.pem"), _folder.At("ca.pem")),
            message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Equal(message, CertificateChecks.Problem(new TandemOptions { Tls = options }));
    }

    [Theory]
    [InlineData(31, null)]
    [InlineData(29, "expires on")]
    [InlineData(0, "expired on")]
    public void An_end_that_is_near_is_warned_of(int days, string? expected)
    {
        var options = new TandemOptions { Tls = Write("one", days) };
        var warnings = CertificateChecks.Warnings(options, DateTimeOffset.UtcNow).ToList();
        if (expected is null)
            Assert.Empty(warnings);
        else
            Assert.Contains(expected, Assert.Single(warnings), StringComparison.Ordinal);
    }

    private CertificateOptions Write(string name, int days = 365)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(days).AddHours(days == 0 ? -1 : 1));
        _folder.Write("cert.pem", certificate.ExportCertificatePem());
        _folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        return new CertificateOptions { CertificateFile = _folder.At("cert.pem"), KeyFile = _folder.At("key.pem") };
    }

    private sealed class Lines : ILogEventSink
    {
        public List<LogEvent> All { get; } = [];

        public void Emit(LogEvent logEvent) => All.Add(logEvent);
    }
}
