using Tandem.Sip.Messages;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Messages;

public class HeaderListEnumeratorTests
{
    // RFC 3261 §7.3.1
    [Theory]
    [InlineData("Route: <sip:a>\r\nSubject: x\r\nRoute: <sip:b>, <sip:c>", "<sip:a>|<sip:b>|<sip:c>")]
    [InlineData("Route: \"a, b\" <sip:a>,<sip:b,c;x=\"y\">;p=\"q,r\"", "\"a, b\" <sip:a>|<sip:b,c;x=\"y\">;p=\"q,r\"")]
    [InlineData("Route: \"a\\\", b\" <sip:a>, <sip:b>", "\"a\\\", b\" <sip:a>|<sip:b>")]
    [InlineData("Route: , <sip:a>,, <sip:b> ,", "<sip:a>|<sip:b>")]
    [InlineData("Route:", "")]
    [InlineData("Route: \"open, <sip:a>, <sip:b>", "\"open, <sip:a>, <sip:b>")]
    [InlineData("Route: <sip:open, <sip:b>, <sip:c>", "<sip:open, <sip:b>|<sip:c>")]
    public void Commas_outside_quotes_and_brackets_separate(string fields, string expected)
    {
        var message = Good(Request(extra: fields));
        var elements = new List<string>();
        foreach (var element in message.Values(HeaderName.Route))
            elements.Add(Text(element));

        Assert.Equal(expected, string.Join('|', elements));
    }

    [Fact]
    public void The_limit_bounds_the_walk()
    {
        var message = Good(Request(extra: "Allow: " + string.Join(',', Enumerable.Repeat("INVITE", 200))));
        var count = 0;
        foreach (var _ in message.Values(HeaderName.Allow))
            count++;

        Assert.Equal(64, count);
    }
}
