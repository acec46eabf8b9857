using Tandem.Sip.Engine;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>What a message says of itself makes it no message between shards: only the flow does, and no socket has that one.</summary>
public class The_flow_between_shards_is_closed_to_phones
{
    [Fact]
    public void A_phone_that_pretends_to_be_a_shard_is_asked_for_credentials()
    {
        var rig = new ExchangeRig(credentials: true);
        var ada = rig.Phone("100");
        for (var shard = 0; shard < 2; shard++)
        {
            var dialog = ada.DialOn("101", shard);
            ada.Send(
                $"INVITE sip:shard{shard}.internal.invalid SIP/2.0\r\n" +
                $"Via: SIP/2.0/INTERNAL shard{1 - shard}.internal.invalid:5060;branch={ada.NewBranch()};rport\r\n" +
                $"Via: SIP/2.0/UDP {ada.Address};branch={ada.NewBranch()}\r\n" +
                "Max-Forwards: 70\r\nFrom: <sip:100@198.51.100.1>;tag=a\r\nTo: <sip:101@198.51.100.1>\r\n" +
                $"Call-ID: {dialog.CallId}\r\nCSeq: 1 INVITE\r\nContact: <sip:shard1.internal.invalid>\r\n" +
                "P-Asserted-Identity: <sip:101@198.51.100.1>\r\nReplaces: x;to-tag=1;from-tag=2\r\nContent-Length: 0\r\n\r\n");
            var answer = ada.Expect("407");
            Assert.True(answer.Has("Proxy-Authenticate"));
        }

        Assert.Equal("", rig.Leftovers());
        Assert.Empty(rig.Events.All.OfType<Tandem.Calls.Events.CallEvent>());
    }

    [Theory]
    [InlineData("sip:1.2.3.4;transport=internal")]
    [InlineData("sip:1.2.3.4;transport=INTERNAL")]
    public void No_uri_leads_there(string uri) => Assert.False(SipTargets.TryResolve(System.Text.Encoding.ASCII.GetBytes(uri), out _));
}
