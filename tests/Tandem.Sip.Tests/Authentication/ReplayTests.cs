using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Authentication;

// RFC 7616 §5.4, RFC 3261 §26.1.1: who has heard credentials can do nothing with them.
public class ReplayTests
{
    private const string Uri = "sip:101@sip.example.net";

    private static readonly NetAddress Phone = NetAddress.FromV4(0xC0000209, 5060);

    private readonly DigestAuthenticator _server = new(new DigestOptions { NonceLifetime = TimeSpan.FromSeconds(300) });
    private readonly DigestClient _client = new(new DigestAccount("100", new Secret("s3cret"), "sip.example.net"), new Random(1));
    private readonly string _line;
    private Moment _now = Moment.FromMilliseconds(5_000);

    public ReplayTests()
    {
        var challenge = SipResponses.To(TestDigest.Request("INVITE", Uri), 407, "", "t"u8);
        _server.WriteChallenges(challenge, true, default, Phone, _now);
        Assert.Equal(DigestClientOutcome.Answered, _client.Answer(Good(challenge.Finish().Span.ToArray()), "INVITE", Uri, "sip.example.net", out _, out var value));
        _line = "Proxy-Authorization: " + value;
    }

    [Theory]
    [InlineData("the same again", "INVITE", Uri, 5060, 0, DigestOutcome.Stale)]
    [InlineData("from another port, as over another transport", "INVITE", Uri, 40_000, 0, DigestOutcome.Stale)]
    [InlineData("with another method", "BYE", Uri, 5060, 0, DigestOutcome.Wrong)]
    [InlineData("to another number", "INVITE", "sip:900@sip.example.net", 5060, 0, DigestOutcome.Malformed)]
    [InlineData("after the nonce's time", "INVITE", Uri, 5060, 301, DigestOutcome.Stale)]
    public void Heard_credentials_are_worth_nothing(string what, string method, string uri, int port, int later, DigestOutcome expected)
    {
        Assert.Equal(DigestOutcome.Ok, Check("INVITE", Uri, Phone).Outcome);
        _now += TimeSpan.FromSeconds(later);
        Assert.True(expected == Check(method, uri, Phone.WithPort(port)).Outcome, what);
    }

    // Also when the phone itself has not used them yet: they were caught on the way.
    [Theory]
    [InlineData("from another address", "INVITE", Uri, 0xC0000210, 0, DigestOutcome.Stale)]
    [InlineData("with another method", "REGISTER", Uri, 0xC0000209, 0, DigestOutcome.Wrong)]
    [InlineData("to another number", "INVITE", "sip:900@sip.example.net", 0xC0000209, 0, DigestOutcome.Malformed)]
    [InlineData("too late", "INVITE", Uri, 0xC0000209, 301, DigestOutcome.Stale)]
    public void Caught_credentials_are_worth_nothing_elsewhere(string what, string method, string uri, uint address, int later, DigestOutcome expected)
    {
        _now += TimeSpan.FromSeconds(later);
        Assert.True(expected == Check(method, uri, NetAddress.FromV4(address, 5060)).Outcome, what);
    }

    [Fact]
    public void Another_server_of_the_same_realm_does_not_know_the_nonce()
    {
        var other = new DigestAuthenticator(new DigestOptions());
        Assert.Equal(DigestOutcome.Stale, other.Check(TestDigest.Request("INVITE", Uri, _line), true, new OneUser(), Phone, _now).Outcome);
    }

    private DigestResult Check(string method, string uri, NetAddress source) =>
        _server.Check(TestDigest.Request(method, uri, _line), true, new OneUser(), source, _now);

    private sealed class OneUser : IDigestUsers
    {
        public bool TryFind(ReadOnlySpan<byte> userName, out DigestUser user)
        {
            user = new DigestUser("100", new Secret("s3cret"));
            return userName.SequenceEqual("100"u8);
        }
    }
}
