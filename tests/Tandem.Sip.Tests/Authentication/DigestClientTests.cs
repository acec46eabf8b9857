using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Authentication;

// RFC 3261 §22.2, §22.3; RFC 7616 §3.3, §3.4; RFC 8760 §2.4.
public class DigestClientTests
{
    private const string Host = "sip.example.net";
    private const string Uri = "sip:200@sip.example.net";

    private static readonly NetAddress Us = NetAddress.FromV4(0xC0000209, 5060);

    private readonly DigestClient _client = Client();
    private Moment _now = Moment.FromMilliseconds(5_000);

    public static TheoryData<string, string, DigestClientOutcome> Challenges => new()
    {
        { "Digest realm=\"tandem\", nonce=\"n\", qop=\"auth\"", "", DigestClientOutcome.Answered },
        { "digest REALM=tandem,NONCE=n,QOP=auth,ALGORITHM=sha-256", "", DigestClientOutcome.Answered },
        { "Digest realm=\"tandem\", nonce=\"n\", qop=\"auth-int, auth\"", "", DigestClientOutcome.Answered },
        { "Digest realm=\"tandem\", nonce=\"n\", qop=\"auth-int\"", "", DigestClientOutcome.Unsupported },
        { "Digest realm=\"tandem\", nonce=\"n\"", "", DigestClientOutcome.Unsupported },
        { "Digest realm=\"tandem\", nonce=\"n\"", "no-qop", DigestClientOutcome.Answered },
        { "Digest realm=\"tandem\", nonce=\"n\", qop=\"auth\"", "no-md5", DigestClientOutcome.Unsupported },
        { "Digest realm=\"tandem\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256", "no-md5", DigestClientOutcome.Answered },
        { "Digest realm=\"tandem\", nonce=\"n\", qop=\"auth\", algorithm=SHA-512-256", "", DigestClientOutcome.Unsupported },
        { "Digest realm=\"tandem\", nonce=\"n\", qop=\"auth\", algorithm=MD5-sess", "", DigestClientOutcome.Unsupported },
        { "Digest realm=\"elsewhere\", nonce=\"n\", qop=\"auth\"", "", DigestClientOutcome.ForeignRealm },
        { "Digest realm=\"tandem\", nonce=\"\", qop=\"auth\"", "", DigestClientOutcome.NoChallenge },
        { "Digest realm=\"tandem\", qop=\"auth\"", "", DigestClientOutcome.NoChallenge },
        { "Digest realm=\"tandem\", realm=\"tandem\", nonce=\"n\", qop=\"auth\"", "", DigestClientOutcome.NoChallenge },
        { "Basic realm=\"tandem\"", "", DigestClientOutcome.NoChallenge },
        { "Digest realm=\"tandem\", qop=\"auth\", nonce=\"" + new string('n', 2_100) + "\"", "", DigestClientOutcome.Unsupported },
    };

    [Theory]
    [MemberData(nameof(Challenges))]
    public void Only_what_belongs_to_the_account_is_answered(string challenge, string option, DigestClientOutcome expected)
    {
        var client = Client(options: new DigestClientOptions { AllowMd5 = option != "no-md5", AllowNoQop = option == "no-qop" });
        var outcome = client.Answer(Response(401, $"WWW-Authenticate: {challenge}"), "INVITE", Uri, Host, out var header, out var value);

        Assert.Equal(expected, outcome);
        Assert.Equal(expected == DigestClientOutcome.Answered ? HeaderName.Authorization : default, header);
        Assert.Equal(expected == DigestClientOutcome.Answered, value.Length > 0);
    }

    [Theory]
    [InlineData("MD5", false, "MD5")]
    [InlineData("SHA-256", true, "SHA-256")]
    [InlineData("MD5,SHA-256", false, "MD5")]
    [InlineData("SHA-256,MD5", true, "SHA-256")]
    public void Our_own_server_takes_the_answer_and_the_next_ones_without_a_challenge(string algorithms, bool proxy, string used)
    {
        Assert.True(DigestAlgorithms.TryParse(algorithms, out var list));
        var server = new DigestAuthenticator(new DigestOptions { Realm = "tandem", Algorithms = list });
        Assert.False(_client.TryBegin("INVITE", Uri, Host, out _, out _));
        Assert.Equal(DigestClientOutcome.Answered, _client.Answer(Challenge(server, proxy, default), "INVITE", Uri, Host, out var header, out var value));
        Assert.Contains("algorithm=" + used, value, StringComparison.Ordinal);
        Assert.Equal(proxy ? HeaderName.ProxyAuthorization : HeaderName.Authorization, header);
        Assert.Equal(DigestOutcome.Ok, Check(server, proxy, "INVITE", header, value).Outcome);
        for (var i = 2; i <= 20; i++)
        {
            Assert.True(_client.TryBegin("BYE", Uri, Host, out header, out value));
            Assert.Contains($"nc={i:x8}", value, StringComparison.Ordinal);
            Assert.Equal(DigestOutcome.Ok, Check(server, proxy, "BYE", header, value).Outcome);
        }
    }

    // RFC 8760 §2.4: the topmost that the client knows.
    [Fact]
    public void The_first_known_algorithm_counts()
    {
        var response = Response(
            401, "WWW-Authenticate: Digest realm=\"tandem\", nonce=\"a\", qop=\"auth\", algorithm=SHA-512-256",
            "WWW-Authenticate: Digest realm=\"other\", nonce=\"b\", qop=\"auth\", algorithm=MD5",
            "WWW-Authenticate: Digest realm=\"tandem\", nonce=\"c\", qop=\"auth\", algorithm=SHA-256",
            "WWW-Authenticate: Digest realm=\"tandem\", nonce=\"d\", qop=\"auth\", algorithm=MD5");
        Assert.Equal(DigestClientOutcome.Answered, _client.Answer(response, "INVITE", Uri, Host, out _, out var value));
        Assert.Contains("nonce=\"c\"", value, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_host_gets_nothing_whatever_its_realm()
    {
        var response = Response(401, "WWW-Authenticate: Digest realm=\"tandem\", nonce=\"n\", qop=\"auth\"");
        foreach (var host in new[] { "evil.example", "sip.example.net.evil.example", "xsip.example.net", "" })
        {
            Assert.Equal(DigestClientOutcome.ForeignHost, _client.Answer(response, "INVITE", Uri, host, out _, out var value));
            Assert.Equal("", value);
        }

        Assert.Equal(DigestClientOutcome.Answered, _client.Answer(response, "INVITE", Uri, "SIP.example.NET", out _, out _));
        Assert.False(_client.TryBegin("INVITE", Uri, "evil.example", out _, out _));
    }

    // RFC 3261 §22.2 holds for each request: what one was asked says nothing of another one's secret.
    [Fact]
    public void Requests_that_are_asked_at_the_same_time_count_their_tries_apart()
    {
        DigestClientOutcome Answer(string nonce, string more, ref int tries) => _client.Answer(
            Response(401, $"WWW-Authenticate: Digest realm=\"tandem\", nonce=\"{nonce}\", qop=\"auth\"{more}"), "INVITE", Uri, Host, ref tries, out _, out _);

        var (first, second) = (0, 0);
        Assert.Equal(DigestClientOutcome.Answered, Answer("a", "", ref first));
        Assert.Equal(DigestClientOutcome.Answered, Answer("b", "", ref second));
        Assert.Equal(DigestClientOutcome.Refused, Answer("c", "", ref first));
        Assert.Equal(DigestClientOutcome.Answered, Answer("d", ", stale=true", ref second));
        Assert.Equal(DigestClientOutcome.Answered, Answer("e", ", stale=true", ref second));
        Assert.Equal(DigestClientOutcome.TooManyTries, Answer("f", ", stale=true", ref second));
        Assert.Equal((1, 3), (first, second));
    }

    [Fact]
    public void The_first_realm_is_kept_when_none_was_named()
    {
        var client = Client(realm: "");
        Assert.Equal(DigestClientOutcome.Answered, client.Answer(Response(407, "Proxy-Authenticate: Digest realm=\"one\", nonce=\"n\", qop=\"auth\""), "INVITE", Uri, Host, out _, out _));
        Assert.True(client.TryBegin("INVITE", Uri, Host, out _, out _));
        Assert.Equal(DigestClientOutcome.ForeignRealm, client.Answer(Response(407, "Proxy-Authenticate: Digest realm=\"two\", nonce=\"n\", qop=\"auth\""), "INVITE", Uri, Host, out _, out _));
    }

    [Fact]
    public void A_wrong_secret_is_tried_once()
    {
        var server = new DigestAuthenticator(new DigestOptions { Realm = "tandem" });
        var client = Client("guess");
        Assert.Equal(DigestClientOutcome.Answered, client.Answer(Challenge(server, false, default), "REGISTER", Uri, Host, out var header, out var value));
        var result = Check(server, false, "REGISTER", header, value);
        Assert.Equal(DigestOutcome.Wrong, result.Outcome);
        Assert.Equal(DigestClientOutcome.Refused, client.Answer(Challenge(server, false, result), "REGISTER", Uri, Host, out _, out value));
        Assert.Equal("", value);
        Assert.False(client.TryBegin("REGISTER", Uri, Host, out _, out _));
    }

    // RFC 7616 §3.3: stale=true says that the secret was right.
    [Fact]
    public void A_stale_nonce_is_replaced()
    {
        var server = new DigestAuthenticator(new DigestOptions { Realm = "tandem" });
        _client.Answer(Challenge(server, false, default), "REGISTER", Uri, Host, out _, out _);
        _now += TimeSpan.FromSeconds(301);
        Assert.True(_client.TryBegin("REGISTER", Uri, Host, out var header, out var value));
        var result = Check(server, false, "REGISTER", header, value);
        Assert.Equal(DigestOutcome.Stale, result.Outcome);
        Assert.Equal(DigestClientOutcome.Answered, _client.Answer(Challenge(server, false, result), "REGISTER", Uri, Host, out header, out value));
        Assert.Contains("nc=00000001", value, StringComparison.Ordinal);
        Assert.Equal(DigestOutcome.Ok, Check(server, false, "REGISTER", header, value).Outcome);
    }

    [Fact]
    public void A_server_that_always_says_stale_is_given_up()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(DigestClientOutcome.Answered, Stale(i));
        Assert.Equal(DigestClientOutcome.TooManyTries, Stale(3));

        DigestClientOutcome Stale(int n) => _client.Answer(
            Response(401, $"WWW-Authenticate: Digest realm=\"tandem\", nonce=\"n{n}\", qop=\"auth\", stale=TRUE"), "INVITE", Uri, Host, out _, out _);
    }

    [Fact]
    public void Opaque_and_odd_realms_go_back_as_they_came()
    {
        var client = Client(realm: "");
        var response = Response(401, "WWW-Authenticate: Digest realm=\"a \\\"b\\\" \\\\c\", nonce=\"n/+=\", opaque=\"o\\\"p\", qop=\"auth\"");
        Assert.Equal(DigestClientOutcome.Answered, client.Answer(response, "INVITE", Uri, Host, out _, out var value));
        Assert.Contains("realm=\"a \\\"b\\\" \\\\c\", nonce=\"n/+=\"", value, StringComparison.Ordinal);
        Assert.EndsWith("opaque=\"o\\\"p\"", value);
        Assert.True(AuthenticationValue.TryParse(Encoding.UTF8.GetBytes(value), out _));
    }

    [Fact]
    public void The_secret_is_not_in_what_is_sent_or_printed()
    {
        var response = Response(401, "WWW-Authenticate: Digest realm=\"tandem\", nonce=\"n\", qop=\"auth\"");
        _client.Answer(response, "INVITE", Uri, Host, out _, out var value);
        Assert.DoesNotContain("s3cret", value, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", new DigestAccount("100", new Secret("s3cret"), Host).ToString(), StringComparison.Ordinal);
    }

    private static DigestClient Client(string secret = "s3cret", string realm = "tandem", DigestClientOptions? options = null) =>
        new(new DigestAccount("100", new Secret(secret), Host, realm), new Random(3), options);

    private static SipMessage Response(int status, params string[] lines) => Good(Encoding.UTF8.GetBytes(
        $"SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
        + string.Concat(lines.Select(line => line + "\r\n")) + "\r\n"));

    private SipMessage Challenge(DigestAuthenticator server, bool proxy, in DigestResult result)
    {
        var writer = SipResponses.To(TestDigest.Request("INVITE", Uri), proxy ? 407 : 401, "", "t"u8);
        server.WriteChallenges(writer, proxy, result, Us, _now);
        return Good(writer.Finish().Span.ToArray());
    }

    private DigestResult Check(DigestAuthenticator server, bool proxy, string method, HeaderName header, string value) =>
        server.Check(TestDigest.Request(method, Uri, $"{Text(HeaderNames.Text(header))}: {value}"), proxy, new OneUser(), Us, _now);

    private sealed class OneUser : IDigestUsers
    {
        public bool TryFind(ReadOnlySpan<byte> userName, out DigestUser user)
        {
            user = new DigestUser("100", new Secret("s3cret"));
            return userName.SequenceEqual("100"u8);
        }
    }
}
