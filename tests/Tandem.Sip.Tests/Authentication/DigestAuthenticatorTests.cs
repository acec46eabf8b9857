using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;
using Tandem.Testing;

namespace Tandem.Sip.Tests.Authentication;

public sealed class DigestAuthenticatorTests
{
    private const string Realm = "tandem.example";
    private const string Uri = "sip:tandem.example";
    private static readonly NetAddress Source = NetAddress.FromV4(0xC0000209, 5060);
    private static readonly Moment Start = Moment.FromMilliseconds(1_000);

    private readonly Users _users = new();

    public enum Change
    {
        None,
        UserName,
        NoUserName,
        EmptyUserName,
        NoNonce,
        NoUri,
        NoResponse,
        ShortResponse,
        NoHexResponse,
        NoCount,
        ShortCount,
        ZeroCount,
        NoClientNonce,
        AuthInt,
        TwiceRealm,
        OtherRealm,
        OtherUser,
        OtherUri,
        UnknownAlgorithm,
        SessionAlgorithm,
        UserHash,
        ExtendedUserName,
        Basic,
        UpperCaseResponse,
        Unquoted,
    }

    [Theory]
    [InlineData(DigestAlgorithm.Md5, false)]
    [InlineData(DigestAlgorithm.Md5, true)]
    [InlineData(DigestAlgorithm.Sha256, false)]
    [InlineData(DigestAlgorithm.Sha256, true)]
    public void The_right_secret_is_accepted_once_for_each_count(DigestAlgorithm algorithm, bool proxy)
    {
        var authenticator = Authenticator();
        var nonce = Challenge(authenticator, proxy).Nonce;
        var request = Request(nonce, algorithm: algorithm, proxy: proxy);
        Assert.Equal(new DigestResult(DigestOutcome.Ok, "100"), authenticator.Check(request, proxy, _users, Source, Start));
        Assert.Equal(DigestOutcome.Stale, authenticator.Check(request, proxy, _users, Source, Start).Outcome);

        var next = Request(nonce, algorithm: algorithm, proxy: proxy, count: 2);
        Assert.True(authenticator.Check(next, proxy, _users, Source, Start).IsOk);
        Assert.Equal(DigestOutcome.NoCredentials, authenticator.Check(next, !proxy, _users, Source, Start).Outcome);
        Assert.Equal(1, authenticator.UsedNonces);
        Assert.Equal(2, authenticator.Counters[DigestOutcome.Ok]);
        Assert.Equal(1, authenticator.Counters[DigestOutcome.Stale]);
    }

    // RFC 7616 §3.4: what is improper or missing is a 400; RFC 8760 §2.3: an algorithm of no use is challenged again.
    [Theory]
    [InlineData(Change.None, DigestOutcome.Ok)]
    [InlineData(Change.UpperCaseResponse, DigestOutcome.Ok)]
    [InlineData(Change.Unquoted, DigestOutcome.Ok)]
    [InlineData(Change.NoUserName, DigestOutcome.Malformed)]
    [InlineData(Change.EmptyUserName, DigestOutcome.Malformed)]
    [InlineData(Change.NoNonce, DigestOutcome.Malformed)]
    [InlineData(Change.NoUri, DigestOutcome.Malformed)]
    [InlineData(Change.NoResponse, DigestOutcome.Malformed)]
    [InlineData(Change.ShortResponse, DigestOutcome.Malformed)]
    [InlineData(Change.NoHexResponse, DigestOutcome.Malformed)]
    [InlineData(Change.NoCount, DigestOutcome.Malformed)]
    [InlineData(Change.ShortCount, DigestOutcome.Malformed)]
    [InlineData(Change.ZeroCount, DigestOutcome.Malformed)]
    [InlineData(Change.NoClientNonce, DigestOutcome.Malformed)]
    [InlineData(Change.AuthInt, DigestOutcome.Malformed)]
    [InlineData(Change.TwiceRealm, DigestOutcome.Malformed)]
    [InlineData(Change.UserHash, DigestOutcome.Malformed)]
    [InlineData(Change.ExtendedUserName, DigestOutcome.Malformed)]
    [InlineData(Change.OtherUri, DigestOutcome.Malformed)]
    [InlineData(Change.OtherRealm, DigestOutcome.NoCredentials)]
    [InlineData(Change.UnknownAlgorithm, DigestOutcome.NoCredentials)]
    [InlineData(Change.SessionAlgorithm, DigestOutcome.NoCredentials)]
    [InlineData(Change.Basic, DigestOutcome.NoCredentials)]
    [InlineData(Change.OtherUser, DigestOutcome.Wrong)]
    [InlineData(Change.UserName, DigestOutcome.Wrong)]
    public void Every_fault_has_its_outcome(Change change, DigestOutcome expected)
    {
        var authenticator = Authenticator();
        var value = Credentials(Challenge(authenticator).Nonce, uri: "sip:100@tandem.example");
        var changed = change switch
        {
            Change.UserName => value.Replace("username=\"100\"", "username=\"101\""),
            Change.NoUserName => value.Replace("username=\"100\", ", ""),
            Change.EmptyUserName => value.Replace("username=\"100\"", "username=\"\""),
            Change.NoNonce => Drop(value, "nonce"),
            Change.NoUri => Drop(value, "uri"),
            Change.NoResponse => Drop(value, "response"),
            Change.ShortResponse => value[..^3] + "\"",
            Change.NoHexResponse => value[..^2] + "g\"",
            Change.NoCount => Drop(value, "nc"),
            Change.ShortCount => value.Replace("nc=00000001", "nc=1"),
            Change.ZeroCount => value.Replace("nc=00000001", "nc=00000000"),
            Change.NoClientNonce => Drop(value, "cnonce"),
            Change.AuthInt => value.Replace("qop=auth", "qop=auth-int"),
            Change.TwiceRealm => value + ", realm=\"tandem.example\"",
            Change.OtherRealm => value.Replace(Realm + "\",", "elsewhere.example\","),
            Change.OtherUser => value.Replace("username=\"100\"", "username=\"999\""),
            Change.OtherUri => Credentials(Challenge(authenticator).Nonce, uri: "sip:101@tandem.example"),
            Change.UnknownAlgorithm => value.Replace("algorithm=MD5", "algorithm=SHA-512-256"),
            Change.SessionAlgorithm => value.Replace("algorithm=MD5", "algorithm=MD5-sess"),
            Change.UserHash => value + ", userhash=true",
            Change.ExtendedUserName => value + ", username*=UTF-8''100",
            Change.Basic => "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            Change.UpperCaseResponse => UpperCaseResponse(value),
            Change.Unquoted => value.Replace("algorithm=MD5", "algorithm=\"MD5\"").Replace("qop=auth", "qop=\"auth\""),
            _ => value,
        };

        Assert.True(change == Change.None || changed != value);
        var request = TestDigest.Request("REGISTER", "sip:100@tandem.example", "Authorization: " + changed);
        Assert.Equal(expected, authenticator.Check(request, false, _users, Source, Start).Outcome);
    }

    [Fact]
    public void Without_credentials_a_challenge_is_asked_for()
    {
        var result = Authenticator().Check(TestDigest.Request("REGISTER", Uri), false, _users, Source, Start);
        Assert.Equal(new DigestResult(DigestOutcome.NoCredentials), result);
        Assert.False(result.IsStale);
    }

    // RFC 8760 §2.7: parameters may be empty before the first challenge.
    [Fact]
    public void Empty_credentials_are_none()
    {
        var request = TestDigest.Request(
            "REGISTER", Uri, $"Authorization: Digest username=\"100\", realm=\"{Realm}\", nonce=\"\", uri=\"{Uri}\", response=\"\"");
        Assert.Equal(DigestOutcome.NoCredentials, Authenticator().Check(request, false, _users, Source, Start).Outcome);
    }

    [Fact]
    public void The_wrong_secret_is_wrong_and_names_the_claimed_user()
    {
        var authenticator = Authenticator();
        var request = Request(Challenge(authenticator).Nonce, secret: "guess");
        Assert.Equal(new DigestResult(DigestOutcome.Wrong, "100"), authenticator.Check(request, false, _users, Source, Start));
        Assert.Equal(0, authenticator.UsedNonces);
    }

    [Fact]
    public void An_unknown_user_looks_like_a_wrong_secret()
    {
        var authenticator = Authenticator();
        var known = authenticator.Check(Request(Challenge(authenticator).Nonce, secret: "guess"), false, _users, Source, Start);
        var unknown = authenticator.Check(Request(Challenge(authenticator).Nonce, user: "999"), false, _users, Source, Start);
        Assert.Equal(known with { User = "999" }, unknown);
    }

    // RFC 7616 §3.3: stale=true for a nonce that is no longer good, whatever the digest is worth.
    [Theory]
    [InlineData("secret100")]
    [InlineData("guess")]
    public void An_expired_or_foreign_nonce_is_stale_and_says_nothing_about_the_secret(string secret)
    {
        var authenticator = Authenticator();
        var late = Start + TimeSpan.FromSeconds(301);
        var expired = Request(Challenge(authenticator).Nonce, secret: secret);
        Assert.Equal(DigestOutcome.Stale, authenticator.Check(expired, false, _users, Source, late).Outcome);

        var foreign = Request(Challenge(Authenticator()).Nonce, secret: secret);
        Assert.Equal(DigestOutcome.Stale, authenticator.Check(foreign, false, _users, Source, Start).Outcome);

        var elsewhere = NetAddress.FromV4(0xC0000210, 5060);
        var moved = Request(Challenge(authenticator).Nonce, secret: secret);
        Assert.Equal(DigestOutcome.Stale, authenticator.Check(moved, false, _users, elsewhere, Start).Outcome);
        Assert.Equal(0, _users.Asked);
    }

    [Fact]
    public void A_new_secret_takes_effect_at_once()
    {
        var authenticator = Authenticator();
        var nonce = Challenge(authenticator).Nonce;
        Assert.True(authenticator.Check(Request(nonce, count: 1), false, _users, Source, Start).IsOk);
        _users.Secret = new Secret("other");
        Assert.Equal(DigestOutcome.Wrong, authenticator.Check(Request(nonce, count: 2), false, _users, Source, Start).Outcome);
        Assert.True(authenticator.Check(Request(nonce, secret: "other", count: 3), false, _users, Source, Start).IsOk);
    }

    // RFC 3261 §22.4 point 6, RFC 8760 §2.6 point 6.
    [Theory]
    [InlineData("sip:101@tandem.example", "sip:101@tandem.example", true)]
    [InlineData("sip:101@tandem.example", "sip:101@192.0.2.1:5060;transport=tcp", true)]
    [InlineData("sip:%3101@tandem.example", "sip:101@tandem.example", true)]
    [InlineData("sip:TANDEM.example:5060", "sip:101@tandem.example", true)]
    [InlineData("sip:tandem.example", "sip:tandem.example:5070", true)]
    [InlineData("sip:elsewhere.example", "sip:101@tandem.example", false)]
    [InlineData("sip:102@tandem.example", "sip:101@tandem.example", false)]
    [InlineData("sip:101@tandem.example", "sip:tandem.example", false)]
    [InlineData("tel:101", "sip:101@tandem.example", true)]
    [InlineData("/index.html", "sip:101@tandem.example", false)]
    public void The_signed_uri_must_correspond_to_the_requested_one(string signed, string requested, bool accepted)
    {
        var authenticator = Authenticator();
        var value = Credentials(Challenge(authenticator).Nonce, uri: signed, method: "OPTIONS");
        var request = TestDigest.Request("OPTIONS", requested, "Authorization: " + value);
        Assert.Equal(accepted ? DigestOutcome.Ok : DigestOutcome.Malformed, authenticator.Check(request, false, _users, Source, Start).Outcome);
    }

    // RFC 7616 §3.3: unq(X) is the value without quotes and quoting slashes.
    [Fact]
    public void Quotes_and_backslashes_in_a_user_name_are_resolved()
    {
        _users.Name = "a\"b\\c";
        var authenticator = Authenticator();
        var value = Credentials(Challenge(authenticator).Nonce, user: _users.Name).Replace("\"a\"b\\c\"", "\"a\\\"b\\\\c\"");
        Assert.Contains("username=\"a\\\"b\\\\c\"", value, StringComparison.Ordinal);
        var result = authenticator.Check(TestDigest.Request("REGISTER", Uri, "Authorization: " + value), false, _users, Source, Start);
        Assert.Equal(new DigestResult(DigestOutcome.Ok, "a\"b\\c"), result);
    }

    // RFC 8760 §2.4: of several credentials for one realm the first that we understand counts; other realms are not ours.
    [Fact]
    public void Credentials_of_other_realms_and_algorithms_are_passed_over()
    {
        var authenticator = Authenticator();
        var nonce = Challenge(authenticator).Nonce;
        var request = TestDigest.Request(
            "REGISTER", Uri,
            "Authorization: Digest username=\"x\", realm=\"other\", nonce=\"1\", uri=\"sip:x\", response=\"00\"",
            "Authorization: " + Credentials(nonce).Replace("algorithm=MD5", "algorithm=SHA-512-256"),
            "Authorization: " + Credentials(nonce, algorithm: DigestAlgorithm.Sha256));
        Assert.True(authenticator.Check(request, false, _users, Source, Start).IsOk);
    }

    [Fact]
    public void Without_qop_a_nonce_serves_once_and_only_when_the_option_says_so()
    {
        var strict = Authenticator();
        Assert.Equal(
            DigestOutcome.NoCredentials,
            strict.Check(Request(Challenge(strict).Nonce, qop: ""), false, _users, Source, Start).Outcome);

        var lax = Authenticator(new DigestOptions { Realm = Realm, AcceptNoQop = true });
        var nonce = Challenge(lax).Nonce;
        Assert.True(lax.Check(Request(nonce, qop: ""), false, _users, Source, Start).IsOk);
        Assert.Equal(DigestOutcome.Stale, lax.Check(Request(nonce, qop: ""), false, _users, Source, Start).Outcome);
        Assert.Equal(DigestOutcome.Stale, lax.Check(Request(nonce, count: 7), false, _users, Source, Start).Outcome);
    }

    [Fact]
    public void A_user_may_be_held_to_an_algorithm_of_his_own()
    {
        _users.Algorithms = DigestAlgorithms.Sha256;
        var authenticator = Authenticator();
        var nonce = Challenge(authenticator).Nonce;
        var refused = authenticator.Check(Request(nonce), false, _users, Source, Start);
        Assert.Equal(new DigestResult(DigestOutcome.NoCredentials, Algorithms: DigestAlgorithms.Sha256), refused);

        var challenges = Challenge(authenticator, result: refused).Fields;
        Assert.Equal(["SHA-256"], challenges.Select(AlgorithmOf));
        Assert.True(authenticator.Check(Request(nonce, algorithm: DigestAlgorithm.Sha256), false, _users, Source, Start).IsOk);
    }

    // RFC 8760 §2.3: one field for each algorithm, most preferred first; RFC 7616 §3.3: which values are quoted.
    [Theory]
    [InlineData("MD5,SHA-256", new[] { "MD5", "SHA-256" })]
    [InlineData("SHA-256,MD5", new[] { "SHA-256", "MD5" })]
    [InlineData("SHA-256", new[] { "SHA-256" })]
    public void Challenges_stand_in_the_order_of_preference(string algorithms, string[] expected)
    {
        Assert.True(DigestAlgorithms.TryParse(algorithms, out var list));
        var authenticator = Authenticator(new DigestOptions { Realm = Realm, Algorithms = list });
        var (nonce, fields) = Challenge(authenticator);
        Assert.Equal(expected.Select(name => $"Digest realm=\"{Realm}\", algorithm={name}, qop=\"auth\", nonce=\"{nonce}\""), fields);

        var stale = Challenge(authenticator, result: new DigestResult(DigestOutcome.Stale)).Fields;
        Assert.All(stale, field => Assert.EndsWith(", stale=true", field, StringComparison.Ordinal));
        Assert.Equal(2, authenticator.Counters.Challenges);
    }

    [Fact]
    public void A_check_allocates_nothing_but_the_users_name()
    {
        var authenticator = Authenticator();
        var nonce = Challenge(authenticator).Nonce;
        var requests = Enumerable.Range(1, 21 * 20).Select(count => Request(nonce, count: count)).ToArray();
        var (next, accepted) = (0, 0);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 20; i++, next++)
                accepted += authenticator.Check(requests[next], false, _users, Source, Start).IsOk ? 1 : 0;
        }));
        Assert.Equal(next, accepted);
    }

    private static DigestAuthenticator Authenticator(DigestOptions? options = null) => new(options ?? new DigestOptions { Realm = Realm, Algorithms = DigestAlgorithms.Md5ThenSha256 });

    private static (string Nonce, string[] Fields) Challenge(DigestAuthenticator authenticator, bool proxy = false, DigestResult result = default)
    {
        var writer = SipResponses.To(TestDigest.Request("REGISTER", Uri), proxy ? 407 : 401);
        authenticator.WriteChallenges(writer, proxy, result.Outcome == DigestOutcome.Ok ? new DigestResult(DigestOutcome.NoCredentials) : result, Source, Start);
        Assert.Equal(SipRejection.None, SipParser.Parse(writer.Finish(), SipLimits.Default, out var message));
        var fields = new List<string>();
        foreach (ref readonly var field in message!.Headers)
        {
            if (field.Name == (proxy ? HeaderName.ProxyAuthenticate : HeaderName.WwwAuthenticate))
                fields.Add(Encoding.UTF8.GetString(message.ValueOf(field)));
        }

        var nonce = fields[0].Split("nonce=\"")[1].Split('"')[0];
        Assert.All(fields, field => Assert.Contains($"nonce=\"{nonce}\"", field, StringComparison.Ordinal));
        return (nonce, [.. fields]);
    }

    private static SipMessage Request(
        string nonce, string user = "100", string secret = "secret100", int count = 1, string qop = "auth",
        DigestAlgorithm algorithm = DigestAlgorithm.Md5, bool proxy = false) =>
        TestDigest.Request(
            "REGISTER", Uri, $"{(proxy ? "Proxy-Authorization" : "Authorization")}: {Credentials(nonce, user, secret, count, qop, algorithm)}");

    private static string Credentials(
        string nonce, string user = "100", string secret = "secret100", int count = 1, string qop = "auth",
        DigestAlgorithm algorithm = DigestAlgorithm.Md5, string uri = Uri, string method = "REGISTER")
    {
        var response = TestDigest.Response(algorithm, user, Realm, secret, method, uri, nonce, $"{count:x8}", "0a4f113b", qop);
        var name = algorithm == DigestAlgorithm.Md5 ? "MD5" : "SHA-256";
        var protection = qop.Length == 0 ? "" : $"qop={qop}, nc={count:x8}, cnonce=\"0a4f113b\", ";
        return $"Digest username=\"{user}\", realm=\"{Realm}\", nonce=\"{nonce}\", uri=\"{uri}\", algorithm={name}, {protection}response=\"{response}\"";
    }

    private static string Drop(string value, string name) =>
        "Digest " + string.Join(", ", value["Digest ".Length..].Split(", ").Where(p => !p.StartsWith(name + "=", StringComparison.Ordinal)));

    private static string AlgorithmOf(string field) => field.Split("algorithm=")[1].Split(',')[0];

    private static string UpperCaseResponse(string value)
    {
        var at = value.IndexOf("response=\"", StringComparison.Ordinal) + "response=\"".Length;
        return value[..at] + value[at..].ToUpperInvariant();
    }

    private sealed class Users : IDigestUsers
    {
        public string Name { get; set; } = "100";

        public Secret Secret { get; set; } = new("secret100");

        public DigestAlgorithms? Algorithms { get; set; }

        public int Asked { get; private set; }

        public bool TryFind(ReadOnlySpan<byte> name, out DigestUser user)
        {
            Asked++;
            user = new DigestUser(Name, Secret, Algorithms);
            Span<byte> bytes = stackalloc byte[64];
            return name.SequenceEqual(bytes[..Encoding.UTF8.GetBytes(Name, bytes)]);
        }
    }
}
