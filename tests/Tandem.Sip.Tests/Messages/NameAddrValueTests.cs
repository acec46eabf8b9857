using Tandem.Sip.Messages;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Messages;

/// <summary>RFC 3261 §20.10, §20.20, §25.1.</summary>
public class NameAddrValueTests
{
    [Theory]
    [InlineData("\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s", "A. G. Bell", "sip:agb@bell-telephone.com", "a48s")]
    [InlineData("sip:+12125551212@server.phone2net.com;tag=887s", "", "sip:+12125551212@server.phone2net.com", "887s")]
    [InlineData("Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", "Anonymous", "sip:c8oqz84zk7z@privacy.org", "hyh8")]
    [InlineData("<sip:a@b.example;tag=no>", "", "sip:a@b.example;tag=no", "")]
    [InlineData("\"say \\\"<sip:x@y>\\\", ok\"<sip:a@b.example>", "say \"<sip:x@y>\", ok", "sip:a@b.example", "")]
    [InlineData("Two  Words <sip:a@b.example> ; tag = t", "Two  Words", "sip:a@b.example", "t")]
    [InlineData("\"\" <tel:+15550100>", "", "tel:+15550100", "")]
    [InlineData("Ünal <sip:a@b.example>", "Ünal", "sip:a@b.example", "")]
    [InlineData("<sip:a@b.example?Replaces=x%3Bto-tag%3Dy>;x=\"q;tag=z\"", "", "sip:a@b.example?Replaces=x%3Bto-tag%3Dy", "")]
    public void An_address_has_a_name_a_URI_and_parameters(string text, string name, string uri, string tag)
    {
        Assert.True(NameAddrValue.TryParse(Bytes(text), out var value));

        Assert.Equal(name, value.TextOfDisplayName());
        Assert.Equal(uri, Text(value.Uri));
        Assert.Equal(uri, value.UriText());
        Assert.Equal(tag, Text(value.Tag));
        Assert.True(value.TryGetUri(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("name only")]
    [InlineData("\"name only\"")]
    [InlineData("\"open <sip:a@b.example>")]
    [InlineData("\"a\" b <sip:a@b.example>")]
    [InlineData("a \"b\" <sip:a@b.example>")]
    [InlineData("<sip:a@b.example")]
    [InlineData("<sip:a@b.example> x")]
    [InlineData("<sip:a@b.example>;")]
    [InlineData("<sip:a@b.example>;x=\"open")]
    [InlineData("<<sip:a@b.example>>")]
    [InlineData("a@b <sip:a@b.example>")]
    [InlineData("sip:a@b.example?x=y")]
    [InlineData("sip:a,b@b.example")]
    [InlineData("sip:a@b.example, sip:c@d.example")]
    public void What_is_no_address_is_refused(string text) => Assert.False(NameAddrValue.TryParse(Bytes(text), out _));

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
