using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_refer_that_cannot_be_served_is_refused
{
    // RFC 3515 §2.4.2; RFC 3891 §6.1 for the header inside the URI.
    [Theory]
    [InlineData(400)]
    [InlineData(400, "Refer-To: <sip:102@198.51.100.1>", "Refer-To: <sip:103@198.51.100.1>")]
    [InlineData(400, "Refer-To: <sip:102@198.51.100.1>, <sip:103@198.51.100.1>")]
    [InlineData(400, "Refer-To: not a uri")]
    [InlineData(400, "Refer-To: <sip:102@198.51.100.1?Replaces=nonsense>")]
    [InlineData(400, "Refer-To: <sip:102@198.51.100.1?Replaces=a%0D%0AX%3A1%3Bto-tag%3D1%3Bfrom-tag%3D2>")]
    [InlineData(400, "Refer-To: <sip:102@198.51.100.1?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=b%3Bto-tag%3D1%3Bfrom-tag%3D2>")]
    [InlineData(603, "Refer-To: <sip:102@198.51.100.1;method=BYE>")]
    [InlineData(603, "Refer-To: <sip:102@198.51.100.1;method=SUBSCRIBE>")]
    [InlineData(603, "Refer-To: <http://www.example.com/>")]
    [InlineData(420, "Refer-To: <sip:102@198.51.100.1>", "Require: multiple-refer")]
    public void And_nothing_else_happens(int status, params string[] headers)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.A.Send("REFER", "", headers);
        call.Ada.Expect($"{status} REFER");
        call.Rig.Run(1);
        Assert.Empty(cleo.Unread);
        Assert.Empty(call.Ada.Unread);
        Assert.Single(call.Rig.Calls);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Theory]
    [InlineData("<sip:102@198.51.100.1;method=INVITE>")]
    [InlineData("<sip:%3102@198.51.100.1>")]
    [InlineData("\"Cleo\" <sip:102@198.51.100.1>;x=y")]
    public void But_what_is_only_written_differently_is_served(string referTo)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, referTo);
        var invite = cleo.Expect("INVITE");
        cleo.Take(invite).Reply(invite, 486);
        cleo.Expect("ACK");
        Assert.Equal("486 terminated", call.Ada.ExpectNotify(call.A));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void Before_the_call_is_answered()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        a.Learn(ada.Expect("180"));
        a.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>");
        Assert.NotEqual("", ada.Expect("500 REFER")["Retry-After"]);
        b.Reply(invite, 486);
        bob.Expect("ACK");
        ada.Expect("486");
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void When_there_is_no_room_for_another_call()
    {
        var call = new TalkingCall(new CallOptions { MaxCalls = 1 });
        call.A.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>");
        Assert.Equal("10", call.Ada.Expect("503 REFER")["Retry-After"]);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void While_the_exchange_is_being_stopped()
    {
        var call = new TalkingCall();
        call.Rig.Exchange.BeginDrain();
        call.A.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>");
        Assert.Equal("30", call.Ada.Expect("503 REFER")["Retry-After"]);
        Assert.Single(call.Rig.Calls);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }
}
