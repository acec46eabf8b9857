using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Security;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Registrar;
using Tandem.Core.Buffers;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;
using Tandem.Testing.Phones;
using Tandem.Testing.Tenants;

namespace Tandem.Calls.Tests.Security;

/// <summary>Who must show credentials, and what happens then (RFC 3261 §22, §10.3 step 3).</summary>
public partial class RequestAuthenticatorTests
{
    private static readonly SipFlow Phone = RegistrarRig.UdpFrom("192.0.2.7", 5060);

    private readonly FakeDirectory _directory = new();
    private readonly FakeTenants _tenants = new();
    private readonly List<AuthenticationFailed> _failed = [];
    private readonly BanList _bans = new(new SourceGuardOptions { MaxFailures = 3 });

    [Theory] // §22.1: ACK and CANCEL are never challenged; §22.2, §22.3: 401 from who ends a request (RFC 6665 §4.2.1.3), 407 from everything else.
    [InlineData("REGISTER", 401)]
    [InlineData("INVITE", 407)]
    [InlineData("MESSAGE", 407)]
    [InlineData("SUBSCRIBE", 401)]
    [InlineData("REFER", 407)]
    [InlineData("PUBLISH", 401)]
    [InlineData("NOTIFY", 407)]
    [InlineData("INFO", 407)]
    [InlineData("FANCY", 407)]
    [InlineData("OPTIONS", 0)]
    [InlineData("ACK", 0)]
    [InlineData("CANCEL", 0)]
    public void Each_method_has_its_challenge(string method, int status)
    {
        var outcome = Make().Check(Request(method, "100"), Phone, Moment.Zero);

        Assert.Null(outcome.Extension);
        Assert.Equal(status == 0, outcome.MayProceed);
        Assert.Equal(status == 0 ? AuthenticationKind.NotNeeded : AuthenticationKind.Challenged, outcome.Kind);
        if (status == 0)
            return;

        var response = Text(outcome);
        Assert.Equal(status, response.Status);
        var challenges = response.All(status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate").ToArray();
        Assert.Equal(["MD5", "SHA-256"], challenges.Select(c => Algorithm().Match(c).Groups[1].Value));
        Assert.All(challenges, c => Assert.Contains("realm=\"tandem\"", c, StringComparison.Ordinal));
        Assert.NotEmpty(response.ToTag);
    }

    [Fact]
    public void Options_are_challenged_when_an_option_says_so() =>
        Assert.Equal(407, Text(Make(new SecurityOptions { ChallengeOptions = true }).Check(Request("OPTIONS", "100"), Phone, Moment.Zero)).Status);

    [Theory]
    [InlineData("REGISTER")]
    [InlineData("INVITE")]
    public void The_right_secret_names_the_extension(string method)
    {
        var outcome = Login(Make(), method, "100", "secret-100");

        Assert.Equal((AuthenticationKind.Authenticated, "100"), (outcome.Kind, outcome.Extension?.Number));
        Assert.True(outcome.MayProceed);
        Assert.Equal((1, 0), (_bans.SuccessesReported, _bans.FailuresReported));
        Assert.DoesNotContain("secret-100", outcome.ToString(), StringComparison.Ordinal);
    }

    [Fact] // From claims 101, the credentials say 100: the credentials count.
    public void From_does_not_matter() =>
        Assert.Equal("100", Login(Make(), "INVITE", "100", "secret-100", from: "101").Extension?.Number);

    [Fact]
    public void Wrong_secret_unknown_user_and_disabled_extension_look_alike_and_count_alike()
    {
        _directory.Extensions["102"] = _directory.Extensions["102"] with { Enabled = false };
        var authenticator = Make();
        (string User, string Secret)[] tries = [("100", "wrong"), ("555", "x"), ("102", "secret-102")];
        var answers = tries.Select(t => Login(authenticator, "REGISTER", t.User, t.Secret)).Select(o => (o.Kind, Text: Anonymous(Text(o)))).ToArray();

        Assert.All(answers, a => Assert.Equal((AuthenticationKind.Challenged, answers[0].Text), a));
        Assert.StartsWith("SIP/2.0 401 ", answers[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("stale", answers[0].Text, StringComparison.Ordinal);
        Assert.Equal(3, _bans.FailuresReported);
        Assert.Equal(
            [("100", "REGISTER", null), ("555", "REGISTER", null), ("102", "REGISTER", new SourceGuardOptions().BanDuration)],
            _failed.Select(e => (e.Claimed, e.Method, e.BannedFor)));
        Assert.True(_bans.IsBanned(Phone.Remote, Moment.Zero));
        Assert.False(_bans.IsBanned(RegistrarRig.UdpFrom("192.0.2.8", 5060).Remote, Moment.Zero));
    }

    [Fact]
    public void Missing_credentials_and_an_old_nonce_are_no_failures()
    {
        var outcome = Login(Make(), "REGISTER", "100", "secret-100", wait: TimeSpan.FromHours(1));

        Assert.Contains("stale=true", Text(outcome)["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Equal(0, _bans.FailuresReported);
    }

    [Fact]
    public void Credentials_that_cannot_be_read_are_a_bad_request()
    {
        var outcome = Make().Check(Request("REGISTER", "100", "Authorization: Digest username=\"100\", realm=\"tandem\", nonce=\"x\""), Phone, Moment.Zero);

        Assert.Equal((AuthenticationKind.Refused, 400), (outcome.Kind, Text(outcome).Status));
    }

    [Theory]
    [InlineData("SHA-256", "SHA-256")]
    [InlineData("MD5", "MD5")]
    [InlineData("", "MD5 SHA-256")]
    [InlineData("nonsense", "MD5 SHA-256")]
    public void An_extension_can_have_its_own_algorithms(string own, string expected)
    {
        _directory.Extensions["100"] = _directory.Extensions["100"] with { Algorithms = own };

        var challenges = Text(Login(Make(), "REGISTER", "100", "wrong")).All("WWW-Authenticate");

        Assert.Equal(expected, string.Join(' ', challenges.Select(c => Algorithm().Match(c).Groups[1].Value)));
    }

    [Theory] // ENABLE_AUTH=false: the closed lab.
    [InlineData("REGISTER", "100", 0)]
    [InlineData("INVITE", "100", 0)]
    [InlineData("REGISTER", "555", 404)]
    [InlineData("INVITE", "555", 403)]
    [InlineData("INVITE", "102", 403)]
    public void Without_credentials_a_known_from_is_the_sender(string method, string from, int status)
    {
        _directory.Extensions["102"] = _directory.Extensions["102"] with { Enabled = false };
        var outcome = Make(new SecurityOptions { RequireCredentials = false }).Check(Request(method, from), Phone, Moment.Zero);

        Assert.Equal(status == 0 ? AuthenticationKind.Authenticated : AuthenticationKind.Refused, outcome.Kind);
        Assert.Equal(status == 0 ? from : null, outcome.Extension?.Number);
        if (status > 0)
            Assert.Equal(status, Text(outcome).Status);
    }

    [Theory] // The domain of the address-of-record says whose phone it is: To of a REGISTER (§10.2), From of anything else.
    [InlineData("REGISTER", "acme.example", "secret-acme", "acme")]
    [InlineData("INVITE", "acme.example", "secret-acme", "acme")]
    [InlineData("INVITE", "ACME.Example", "secret-acme", "acme")]
    [InlineData("INVITE", "acme.example", "secret-100", null)]
    [InlineData("INVITE", "tandem.example", "secret-acme", null)]
    [InlineData("INVITE", "192.0.2.1", "secret-100", "default")]
    [InlineData("REGISTER", "closed.example", "secret-closed", null)]
    [InlineData("REGISTER", "closed.example", "secret-100", null)]
    public void Each_tenant_has_its_own_100(string method, string domain, string secret, string? tenant)
    {
        AddTenant("acme", enabled: true);
        AddTenant("closed", enabled: false);

        var outcome = Login(Make(), method, "100", secret, domain: domain);

        Assert.Equal(tenant, outcome.Extension?.Tenant.Value);
        Assert.Equal(tenant is null ? AuthenticationKind.Challenged : AuthenticationKind.Authenticated, outcome.Kind);
    }

    [Fact]
    public void The_home_tenant_can_be_disabled_too()
    {
        _tenants.Set(new Tenant(TenantId.Default, "Default") { Enabled = false });
        Assert.Equal(AuthenticationKind.Challenged, Login(Make(), "INVITE", "100", "secret-100").Kind);
    }

    private void AddTenant(string name, bool enabled)
    {
        _tenants.Set(new Tenant(new TenantId(name), name) { Domain = name + ".example", Enabled = enabled });
        _directory.Others.Add(new Extension(new TenantId(name), "100", new Secret("secret-" + name)));
    }

    [Theory] // §10.3 steps 3 and 4 in the registrar itself.
    [InlineData("100", "secret-100", 200)]
    [InlineData("100", "wrong", 401)]
    [InlineData("101", "secret-101", 403)]
    public void A_phone_registers_only_itself(string user, string secret, int status)
    {
        var rig = new RegistrarRig(requireCredentials: true);
        var first = rig.Register("Contact: <sip:100@192.0.2.7>");
        Assert.Equal(401, first.Status);

        var second = rig.Register(
            "Contact: <sip:100@192.0.2.7>", Credentials("Authorization", first["WWW-Authenticate"], user, secret, "REGISTER"));

        Assert.Equal(status, second.Status);
        Assert.Equal(status == 200 ? 1 : 0, rig.Table.Count);
        Assert.Equal(status == 403 ? 1 : 0, rig.Service.Counters.Refused);
    }

    private RequestAuthenticator Make(SecurityOptions? options = null) => new(
        options ?? SecurityOptions.Default, new DigestAuthenticator(new DigestOptions { Algorithms = DigestAlgorithms.Md5ThenSha256 }), _bans, _directory,
        new TenantDomains(TenantId.Default, new ExtensionRange(100, 110), _tenants), new Random(1),
        new Failures(_failed), new RegistrarRig());

    private sealed class Failures(List<AuthenticationFailed> failed) : IEventSink
    {
        public void Publish(ExchangeEvent exchangeEvent) => failed.Add(Assert.IsType<AuthenticationFailed>(exchangeEvent));
    }

    /// <summary>Asks, gets the challenge and answers its first one.</summary>
    private static AuthenticationOutcome Login(
        RequestAuthenticator authenticator, string method, string user, string secret, string? from = null, TimeSpan wait = default, string domain = "tandem.example")
    {
        var isRegister = method == "REGISTER";
        var challenge = Text(authenticator.Check(RequestFrom(method, from ?? user, domain), Phone, Moment.Zero))[isRegister ? "WWW-Authenticate" : "Proxy-Authenticate"];
        var header = Credentials(isRegister ? "Authorization" : "Proxy-Authorization", challenge, user, secret, method);
        return authenticator.Check(RequestFrom(method, from ?? user, domain, header), Phone, Moment.Zero + wait);
    }

    /// <summary>RFC 7616 §3.4.1, written from the RFC and not with our code.</summary>
    private static string Credentials(string header, string challenge, string user, string secret, string method)
    {
        const string Uri = "sip:tandem.example";
        var algorithm = Algorithm().Match(challenge).Groups[1].Value;
        string Hash(string text) => Convert.ToHexStringLower(
            algorithm == "MD5" ? MD5.HashData(Encoding.UTF8.GetBytes(text)) : SHA256.HashData(Encoding.UTF8.GetBytes(text)));

        var nonce = Nonce().Match(challenge).Groups[1].Value;
        var response = Hash($"{Hash($"{user}:tandem:{secret}")}:{nonce}:00000001:cn:auth:{Hash($"{method}:{Uri}")}");
        return $"{header}: Digest username=\"{user}\", realm=\"tandem\", nonce=\"{nonce}\", uri=\"{Uri}\", response=\"{response}\", "
            + $"algorithm={algorithm}, qop=auth, nc=00000001, cnonce=\"cn\"";
    }

    private static SipMessage Request(string method, string from, params string[] lines) => RequestFrom(method, from, "tandem.example", lines);

    private static SipMessage RequestFrom(string method, string from, string domain, params string[] lines)
    {
        var text = $"{method} sip:tandem.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:{from}@{domain}>;tag=1\r\nTo: <sip:100@{(method == "REGISTER" ? domain : "tandem.example")}>\r\nCall-ID: c1\r\nCSeq: 1 {method}\r\n"
            + $"Contact: <sip:{from}@192.0.2.7>\r\n{string.Concat(lines.Select(line => line + "\r\n"))}Content-Length: 0\r\n\r\n";
        var rejection = SipParser.Parse(PooledBuffer.Copy(Encoding.UTF8.GetBytes(text)), SipLimits.Default, out var message);
        Assert.Equal(SipRejection.None, rejection);
        return message!;
    }

    private static WireMessage Text(AuthenticationOutcome outcome) => WireMessage.Parse(outcome.Response!.Finish().Span);

    /// <summary>The response without what is random or repeats the request.</summary>
    private static string Anonymous(WireMessage response) => Nonce().Replace(
        string.Join("\n", response.Headers.Where(h => h.Name is not ("To" or "From")).Select(h => $"{h.Name}: {h.Value}").Prepend(response.StartLine)), "");

    [GeneratedRegex("nonce=\"([^\"]+)\"")]
    private static partial Regex Nonce();

    [GeneratedRegex("algorithm=([A-Z0-9-]+)")]
    private static partial Regex Algorithm();
}
