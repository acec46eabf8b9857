using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Tests.Messages;

public class SipUriComparerTests
{
    // The examples of RFC 3261 §19.1.4, then more of the same rules.
    [Theory]
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true)]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true)]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false)]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=off", true)]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false)]
    [InlineData("sip:a@b.example", "sips:a@b.example", false)]
    [InlineData("sip:a@b.example", "sip:b.example", false)]
    [InlineData("sip:a:pw@b.example", "sip:a@b.example", false)]
    [InlineData("sip:a:pw@b.example", "sip:a:PW@b.example", false)]
    [InlineData("sip:a@b.example;user=phone", "sip:a@b.example", false)]
    [InlineData("sip:a@b.example;ttl=1", "sip:a@b.example", false)]
    [InlineData("sip:a@b.example;maddr=10.0.0.1", "sip:a@b.example", false)]
    [InlineData("sip:a@b.example;lr", "sip:a@b.example", true)]
    [InlineData("sip:a%2Cb@b.example", "sip:a,b@b.example", false)]
    [InlineData("sip:a%2cb@b.example", "sip:a%2Cb@b.example", true)]
    [InlineData("sip:a%2Db@b.example", "sip:a-b@b.example", true)]
    [InlineData("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0:0:0:0:1]", true)]
    [InlineData("sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]", false)]
    [InlineData("sip:b.example?a=1&a=1&b=2", "sip:b.example?a=1&b=2&b=2", false)]
    [InlineData("sip:b.example?a=1", "sip:b.example?a=1&a=1", false)]
    [InlineData("sip:b.example?Subject=x", "sip:b.example?subject=x", true)]
    [InlineData("sip:b.example?subject=X", "sip:b.example?subject=x", false)]
    [InlineData("tel:+1-201-555-0123", "tel:+12015550123", true)]
    [InlineData("tel:+12015550123", "tel:12015550123", false)]
    [InlineData("tel:123;phone-context=A.example;ext=1", "tel:123;ext=1;phone-context=a.example", true)]
    [InlineData("tel:123;phone-context=a.example", "tel:123", false)]
    [InlineData("urn:service:sos", "urn:service:sos", true)]
    [InlineData("urn:service:sos", "urn:service:fire", false)]
    [InlineData("no uri", "no uri", false)]
    public void URIs_are_compared_both_ways(string a, string b, bool equal)
    {
        Assert.Equal(equal, SipUriComparer.Equals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b)));
        Assert.Equal(equal, SipUriComparer.Equals(Encoding.UTF8.GetBytes(b), Encoding.UTF8.GetBytes(a)));
    }
}
