using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class Requests_inside_a_call_pass_through
{
    // RFC 6086
    [Theory]
    [InlineData(200, 200)]
    [InlineData(469, 469)]
    [InlineData(503, 500)]
    [InlineData(401, 500)]
    public void Info_with_its_body_and_the_answer_back(int status, int heard)
    {
        var call = new TalkingCall();
        call.B.Send("INFO", "Signal=5\r\nDuration=160\r\n", "Content-Type: application/dtmf-relay", "Info-Package: dtmf", "X-Private: 1");
        var info = call.Ada.Expect("INFO");
        Assert.Equal("Signal=5\r\nDuration=160\r\n", info.Body);
        Assert.Equal(("application/dtmf-relay", "dtmf", ""), (info["Content-Type"], info["Info-Package"], info["X-Private"]));
        call.A.Reply(info, status);
        call.Bob.Expect($"{heard} INFO");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3326: the reason of who hangs up reaches the other side.
    [Theory]
    [InlineData("Q.850;cause=31", "Q.850;cause=31")]
    [InlineData("", "Q.850;cause=16")]
    public void Bye_with_its_reason(string given, string heard)
    {
        var call = new TalkingCall();
        call.A.Send("BYE", "", given.Length == 0 ? [] : ["Reason: " + given]);
        call.Ada.Expect("200 BYE");
        var bye = call.Bob.Expect("BYE");
        Assert.Equal(heard, bye["Reason"]);
        call.B.Reply(bye, 200);
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §11.2, §12.2.2
    [Fact]
    public void Options_is_answered_here_and_publish_is_405()
    {
        var call = new TalkingCall();
        call.A.Send("OPTIONS");
        call.Ada.Expect("200 OPTIONS");
        call.A.Send("PUBLISH", "hi", "Content-Type: text/plain");
        call.Ada.Expect("405");
        Assert.Empty(call.Bob.Unread);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §12.2.1.1: a target refresh moves later requests.
    [Fact]
    public void A_new_contact_is_used_for_later_requests()
    {
        var call = new TalkingCall();
        call.A.Send("UPDATE", "", "X: 1");
        call.Ada.Expect("200 UPDATE");
        call.B.Send("INFO", "x", "Content-Type: text/plain");
        Assert.Equal(call.Ada.ContactUri, call.Ada.Expect("INFO").RequestUri);
    }
}
