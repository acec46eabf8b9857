using Tandem.Core.Privacy;
using Tandem.Server.Hosting;

namespace Tandem.Server.Cli;

public sealed class StartPageTests
{
    private static readonly StartReport Report = new()
    {
        Version = "0.1.0",
        Environment = "Development",
        Address = "192.0.2.1",
        HttpPort = 3000,
        SipPort = 5060,
        SipsPort = 5061,
        HttpsPort = 3443,
        Certificate = "/srv/data/tls/certificate.pem",
        CertificateFingerprint = "AB:CD",
        IsSelfSigned = true,
        ExtMin = "100",
        ExtMax = "110",
        AuthenticationEnabled = true,
        Database = "SQLite 3.40.1 in /srv/data/tandem.db",
        LogFile = "/srv/logs/sip-server.log",
        DrainGrace = TimeSpan.FromSeconds(10),
    };

    [Fact]
    public void The_first_start_shows_the_first_login()
    {
        const string page =
            """

            Tandem 0.1.0 is ready (development).

              API          http://192.0.2.1:3000/api/calls    health: http://192.0.2.1:3000/health
              First login  admin / s3cret
                           shown only this once; `./run admin reset-password` makes a new one
              SIP          192.0.2.1:5060, UDP and TCP; TLS: 192.0.2.1:5061
                           WebSocket: ws://192.0.2.1:3000/sip, wss://192.0.2.1:3443/sip
              Certificate  self-signed: phones and browsers must be told to trust /srv/data/tls/certificate.pem,
                           SHA-256 AB:CD; TLS_CERT and TLS_KEY name a better one
              Extensions   100 to 110; their secrets: ./run extensions list --secrets
              First call   two softphones, users 100 and 101, each with its secret, server 192.0.2.1; dial 101 from 100
                           baresip: <sip:100@192.0.2.1>;auth_pass=SECRET
              Data         SQLite 3.40.1 in /srv/data/tandem.db
              Log          /srv/logs/sip-server.log

            Ctrl-C stops it: calls in progress have 10 s to end.


            """;

        Assert.Equal(page, Write(Report with { FirstPassword = new Secret("s3cret") }));
    }

    [Fact]
    public void Later_starts_show_no_secret()
    {
        var page = Write(Report);

        Assert.DoesNotContain("admin /", page, StringComparison.Ordinal);
        Assert.Contains("SIP          192.0.2.1:5060", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2001:db8::1", 5070, "server [2001:db8::1]:5070; dial 101 from 100")]
    [InlineData("192.0.2.1", 5070, "<sip:100@192.0.2.1:5070>;auth_pass=SECRET")]
    [InlineData("2001:db8::1", 5060, "http://[2001:db8::1]:3000/health")]
    public void Addresses_are_written_as_they_are_typed(string address, int port, string text)
    {
        Assert.Contains(text, Write(Report with { Address = address, SipPort = port }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lab_without_authentication_is_told_of_no_secrets()
    {
        var page = Write(Report with { AuthenticationEnabled = false });

        Assert.Contains("100 to 110, without secrets (ENABLE_AUTH=false)", page, StringComparison.Ordinal);
        Assert.Contains("baresip: <sip:100@192.0.2.1>\n", page, StringComparison.Ordinal);
    }

    private static string Write(StartReport report)
    {
        using var output = new StringWriter();
        StartPage.Write(report, "./run", output);
        return output.ToString();
    }
}
