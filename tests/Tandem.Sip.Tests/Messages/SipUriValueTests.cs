using Tandem.Sip.Messages;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Messages;

/// <summary>RFC 3261 §19.1.1, §25.1; RFC 3966 §3.</summary>
public class SipUriValueTests
{
    [Theory]
    [InlineData("sip:alice@atlanta.com", UriScheme.Sip, "alice", "", "atlanta.com", -1, "", "")]
    [InlineData("sip:alice:secretword@atlanta.com;transport=tcp", UriScheme.Sip, "alice", "secretword", "atlanta.com", -1, ";transport=tcp", "")]
    [InlineData("sips:alice@atlanta.com?subject=project%20x&priority=urgent", UriScheme.Sips, "alice", "", "atlanta.com", -1, "", "subject=project%20x&priority=urgent")]
    [InlineData("sip:+1-212-555-1212:1234@gateway.com;user=phone", UriScheme.Sip, "+1-212-555-1212", "1234", "gateway.com", -1, ";user=phone", "")]
    [InlineData("sip:alice@192.0.2.4", UriScheme.Sip, "alice", "", "192.0.2.4", -1, "", "")]
    [InlineData("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", UriScheme.Sip, "", "", "atlanta.com", -1, ";method=REGISTER", "to=alice%40atlanta.com")]
    [InlineData("sip:alice;day=tuesday@atlanta.com", UriScheme.Sip, "alice;day=tuesday", "", "atlanta.com", -1, "", "")]
    [InlineData("SIP:a@[2001:db8::10]:5070;lr", UriScheme.Sip, "a", "", "[2001:db8::10]", 5070, ";lr", "")]
    [InlineData("sip:*72#@example.com:65535", UriScheme.Sip, "*72#", "", "example.com", 65535, "", "")]
    [InlineData("sip:example.com.", UriScheme.Sip, "", "", "example.com.", -1, "", "")]
    [InlineData("tel:+1-201-555-0123;phone-context=example.com", UriScheme.Tel, "+1-201-555-0123", "", "", -1, ";phone-context=example.com", "")]
    [InlineData("tel:*67#", UriScheme.Tel, "*67#", "", "", -1, "", "")]
    [InlineData("urn:service:sos", UriScheme.Other, "", "", "", -1, "", "")]
    [InlineData("http://www.example.com/?a=b", UriScheme.Other, "", "", "", -1, "", "")]
    public void A_URI_is_cut_into_its_parts(
        string text, UriScheme scheme, string user, string password, string host, int port, string parameters, string headers)
    {
        Assert.True(SipUriValue.TryParse(Bytes(text), out var uri));

        Assert.Equal(scheme, uri.Scheme);
        Assert.Equal(user, Text(uri.User));
        Assert.Equal(password, Text(uri.Password));
        Assert.Equal(host, Text(uri.Host));
        Assert.Equal(port, uri.Port);
        Assert.Equal(parameters, Text(uri.Params));
        Assert.Equal(headers, Text(uri.Headers));
        Assert.Equal(text, Text(uri.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sip")]
    [InlineData("sip:")]
    [InlineData(":x")]
    [InlineData("1sip:x")]
    [InlineData("sip:@example.com")]
    [InlineData("sip:a@")]
    [InlineData("sip:a@b@example.com")]
    [InlineData("sip:a b@example.com")]
    [InlineData("sip:a%2@example.com")]
    [InlineData("sip:a%zz@example.com")]
    [InlineData("sip:a\"b@example.com")]
    [InlineData("sip:ä@example.com")]
    [InlineData("sip:a@exa_mple.com:")]
    [InlineData("sip:a@example.com:0")]
    [InlineData("sip:a@example.com:65536")]
    [InlineData("sip:a@example.com:5060x")]
    [InlineData("sip:a@example.com:-1")]
    [InlineData("sip:a@.example.com")]
    [InlineData("sip:a@example..com")]
    [InlineData("sip:a@2001:db8::10")]
    [InlineData("sip:a@[2001:db8::10")]
    [InlineData("sip:a@[2001:db8::10]x")]
    [InlineData("sip:a@[fe80::1%25eth0]")]
    [InlineData("sip:a@[192.0.2.1]")]
    [InlineData("sip:a@[1::2::3]")]
    [InlineData("sip:a@[]")]
    [InlineData("sip:a@example.com;")]
    [InlineData("sip:a@example.com;;lr")]
    [InlineData("sip:a@example.com;=x")]
    [InlineData("sip:a@example.com?")]
    [InlineData("sip:a@example.com;a=<b>")]
    [InlineData("tel:")]
    [InlineData("tel:+")]
    [InlineData("tel:1+2")]
    [InlineData("tel:alice")]
    [InlineData("tel:12 34")]
    [InlineData("http:")]
    [InlineData("http://a b")]
    [InlineData("http://a<b>")]
    [InlineData("sip:a@b;transport=udp;transport=tcp")]
    [InlineData("sip:a@b;lr;LR")]
    [InlineData("sip:a@b;ttl=1;%74tl=2")]
    public void What_is_no_URI_is_refused(string text) => Assert.False(SipUriValue.TryParse(Bytes(text), out _));

    [Fact]
    public void Parameters_are_found_without_case()
    {
        Assert.True(SipUriValue.TryParse("sip:a@b.example;Transport=TCP;lr;maddr=10.0.0.1;%66oo=b%61r"u8, out var uri));

        Assert.True(uri.TryGetParam("transport"u8, out var transport));
        Assert.Equal("TCP", Text(transport));
        Assert.True(uri.TryGetParam("foo"u8, out var foo));
        Assert.Equal("b%61r", Text(foo));
        Assert.True(uri.IsLooseRouter);
        Assert.False(uri.TryGetParam("ttl"u8, out _));
        Assert.False(uri.TryGetParam("l"u8, out _));
    }

    [Fact]
    public void The_user_part_is_compared_and_read_unescaped()
    {
        Assert.True(SipUriValue.TryParse("sip:%31%30%31@example.com"u8, out var number));
        Assert.True(number.UserEquals("101"u8));
        Assert.False(number.UserEquals("1010"u8));
        Assert.False(number.UserEquals("10"u8));
        Assert.False(number.UserEquals("%31%30%31"u8));
        Assert.Equal("101", number.UserText());

        Assert.True(SipUriValue.TryParse("sip:caf%C3%A9@example.com"u8, out var name));
        Assert.Equal("café", name.UserText());
        Assert.True(name.UserEquals("café"u8));

        Assert.True(SipUriValue.TryParse("tel:+1-(201)-555.0123"u8, out var tel));
        Assert.Equal("+12015550123", tel.UserText());
    }

    // RFC 3261 §19.1.2
    [Fact]
    public void Escaping_and_unescaping_are_inverse()
    {
        const string Text = "a b@c:d%\r\n\0é;?/&=+$,<>\"#";

        Assert.Equal(Text, SipEscaping.Unescape(Bytes(SipEscaping.EscapeUser(Text))));
        Assert.Equal(Text, SipEscaping.Unescape(Bytes(SipEscaping.EscapeParameter(Text))));
        Assert.Equal(Text, SipEscaping.Unescape(Bytes(SipEscaping.EscapeHeader(Text))));
        Assert.Equal("a%20b%40c", SipEscaping.EscapeUser("a b@c"));
        Assert.Equal("a%3Bb", SipEscaping.EscapeParameter("a;b"));
        Assert.Equal("a%26b", SipEscaping.EscapeHeader("a&b"));
        Assert.Equal("plain", SipEscaping.EscapeUser("plain"));
        Assert.True(SipUriValue.TryParse(Bytes($"sip:{SipEscaping.EscapeUser(Text)}@example.com"), out var uri));
        Assert.Equal(Text, uri.UserText());
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
