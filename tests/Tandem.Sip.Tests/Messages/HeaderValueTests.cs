using Tandem.Sip.Messages;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Messages;

/// <summary>The smaller header values: CSeq, RAck, Session-Expires, credentials and challenges, names and methods.</summary>
public class HeaderValueTests
{
    // RFC 3261 §20.16
    [Fact]
    public void CSeq_is_a_number_and_a_method()
    {
        Assert.True(CSeqValue.TryParse("4711 \t INVITE"u8, out var cseq));
        Assert.Equal(4711u, cseq.Number);
        Assert.Equal(SipMethod.Invite, cseq.Method);
        Assert.True(CSeqValue.TryParse("1 SING"u8, out var other));
        Assert.Equal(SipMethod.Unknown, other.Method);
        Assert.Equal("SING", Text(other.MethodText));
        Assert.False(CSeqValue.TryParse("INVITE 1"u8, out _));
    }

    // RFC 3262 §7.2
    [Theory]
    [InlineData("776656 1 INVITE", true)]
    [InlineData("4294967295 1 INVITE", true)]
    [InlineData("776656  1\tINVITE", true)]
    [InlineData("0 1 INVITE", false)]
    [InlineData("4294967296 1 INVITE", false)]
    [InlineData("1 INVITE", false)]
    [InlineData("1 1", false)]
    [InlineData("", false)]
    public void RAck_has_two_numbers_and_a_method(string text, bool good)
    {
        Assert.Equal(good, RAckValue.TryParse(Bytes(text), out var rack));
        if (good)
        {
            Assert.Equal(1u, rack.CSeq);
            Assert.Equal(SipMethod.Invite, rack.Method);
            Assert.Equal(text[..6], rack.ResponseNumber.ToString(System.Globalization.CultureInfo.InvariantCulture)[..6]);
        }
    }

    // RFC 4028 §4
    [Theory]
    [InlineData("1800", true, 1800u, SessionRefresher.None)]
    [InlineData("1800;refresher=uac", true, 1800u, SessionRefresher.Uac)]
    [InlineData("90 ; Refresher=UAS;x", true, 90u, SessionRefresher.Uas)]
    [InlineData("90;refresher=me", false, 0u, SessionRefresher.None)]
    [InlineData("90;;refresher=uac", false, 0u, SessionRefresher.None)]
    [InlineData("soon", false, 0u, SessionRefresher.None)]
    [InlineData("", false, 0u, SessionRefresher.None)]
    public void Session_Expires_has_seconds_and_a_refresher(string text, bool good, uint seconds, SessionRefresher refresher)
    {
        Assert.Equal(good, SessionExpiresValue.TryParse(Bytes(text), out var value));
        if (good)
        {
            Assert.Equal(seconds, value.Seconds);
            Assert.Equal(refresher, value.Refresher);
        }
    }

    // RFC 3261 §20.7, RFC 7616 §3.4
    [Fact]
    public void Credentials_give_their_parameters_without_quotes()
    {
        const string Text1 = "Digest username=\"bob\\\\x, y\", realm=\"a,b\" ,nonce=abc==, uri=\"sip:b.example\",nc=00000001, qop=auth,response=\"00\"";
        Assert.True(AuthenticationValue.TryParse(Bytes(Text1), out var value));

        Assert.True(value.IsDigest);
        AssertParam(value, "USERNAME", "bob\\\\x, y");
        AssertParam(value, "realm", "a,b");
        AssertParam(value, "nonce", "abc==");
        AssertParam(value, "uri", "sip:b.example");
        AssertParam(value, "nc", "00000001");
        AssertParam(value, "qop", "auth");
        Assert.False(value.TryGetParam("cnonce"u8, out _));
    }

    [Theory]
    [InlineData("Digest realm=\"x\", qop=\"auth,auth-int\"", true)]
    [InlineData("NoOneKnowsThisScheme opaque-data=here", true)]
    [InlineData("digest  realm = \"x\" , nonce = \"y\"", true)]
    [InlineData("Basic", true)]
    [InlineData("Digest realm=\"x", false)]
    [InlineData("Digest realm=\"x\" nonce=\"y\"", false)]
    [InlineData("Digest realm=\"x\", realm=\"y\"", false)]
    [InlineData("Digest realm", false)]
    [InlineData("Digest =x", false)]
    [InlineData("Digest=x", false)]
    [InlineData("", false)]
    public void Credentials_and_challenges_have_one_grammar(string text, bool good)
    {
        Assert.Equal(good, AuthenticationValue.TryParse(Bytes(text), out _));
    }

    // RFC 3261 §7.3.3
    [Theory]
    [InlineData("Call-ID", "i", HeaderName.CallId)]
    [InlineData("Contact", "m", HeaderName.Contact)]
    [InlineData("Content-Encoding", "e", HeaderName.ContentEncoding)]
    [InlineData("Content-Length", "l", HeaderName.ContentLength)]
    [InlineData("Content-Type", "c", HeaderName.ContentType)]
    [InlineData("From", "f", HeaderName.From)]
    [InlineData("Subject", "s", HeaderName.Subject)]
    [InlineData("Supported", "k", HeaderName.Supported)]
    [InlineData("To", "t", HeaderName.To)]
    [InlineData("Via", "v", HeaderName.Via)]
    [InlineData("Event", "o", HeaderName.Event)]
    [InlineData("Allow-Events", "u", HeaderName.AllowEvents)]
    [InlineData("Refer-To", "r", HeaderName.ReferTo)]
    [InlineData("Referred-By", "b", HeaderName.ReferredBy)]
    [InlineData("Session-Expires", "x", HeaderName.SessionExpires)]
    [InlineData("Identity", "y", HeaderName.Identity)]
    public void A_compact_name_is_the_same_header(string name, string compact, HeaderName expected)
    {
        Assert.Equal(expected, HeaderNames.Find(Bytes(name)));
        Assert.Equal(expected, HeaderNames.Find(Bytes(compact)));
        Assert.Equal(expected, HeaderNames.Find(Bytes(compact.ToUpperInvariant())));
        Assert.Equal(name, Text(HeaderNames.Text(expected)));
    }

    [Fact]
    public void Every_header_has_a_name_that_finds_it_in_any_case()
    {
        foreach (var name in Enum.GetValues<HeaderName>().Where(name => name != HeaderName.Other))
        {
            var text = Text(HeaderNames.Text(name));
            Assert.Equal(name, HeaderNames.Find(Bytes(text)));
            Assert.Equal(name, HeaderNames.Find(Bytes(text.ToUpperInvariant())));
            Assert.Equal(name.ToString(), text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        }

        Assert.Equal(HeaderName.Other, HeaderNames.Find("X-Unknown"u8));
        Assert.Equal(HeaderName.Other, HeaderNames.Find("z"u8));
        Assert.Equal(HeaderName.Other, HeaderNames.Find(default));
        Assert.Equal("P-Asserted-Identity", Text(HeaderNames.Text(HeaderName.PAssertedIdentity)));
        Assert.Equal("WWW-Authenticate", Text(HeaderNames.Text(HeaderName.WwwAuthenticate)));
    }

    // RFC 3261 §7.1: the method is case-sensitive.
    [Fact]
    public void Every_method_is_found_by_its_exact_name()
    {
        foreach (var method in Enum.GetValues<SipMethod>().Where(method => method != SipMethod.Unknown))
        {
            var text = Text(SipMethods.Text(method));
            Assert.Equal(method.ToString().ToUpperInvariant(), text);
            Assert.Equal(method, SipMethods.Find(Bytes(text)));
            Assert.Equal(SipMethod.Unknown, SipMethods.Find(Bytes(text.ToLowerInvariant())));
            Assert.Equal(SipMethod.Unknown, SipMethods.Find(Bytes(text + "X")));
        }

        Assert.Equal(SipMethod.Unknown, SipMethods.Find(default));
        Assert.Equal(SipMethod.Unknown, SipMethods.Find("PURCHASE"u8));
    }

    [Theory]
    [InlineData("a", "\"a\"")]
    [InlineData("say \"hi\" \\o/", "\"say \\\"hi\\\" \\\\o/\"")]
    [InlineData("a\r\nb\0", "\"a  b \"")]
    public void Quoting_escapes_what_must_be_escaped(string text, string quoted)
    {
        Assert.Equal(quoted, SipText.Quote(text));
        Assert.Equal(quoted.Length, SipText.QuotedLength(Bytes(quoted)));
    }

    private static void AssertParam(AuthenticationValue value, string name, string expected)
    {
        Assert.True(value.TryGetParam(Bytes(name), out var text));
        Assert.Equal(expected, Text(text));
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
