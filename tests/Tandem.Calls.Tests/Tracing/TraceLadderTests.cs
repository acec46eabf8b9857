using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tracing;

public class TraceLadderTests
{
    [Fact]
    public void A_ladder_has_the_caller_left_and_the_callee_right_of_the_exchange()
    {
        var talk = new TalkingCall(traces: new TraceOptions());
        var id = talk.Rig.Calls.Single().Id;
        talk.HangUp();
        talk.Rig.Run(1);

        var lines = TraceLadder.Draw(talk.Rig.Traces!.Find(TenantId.Default, id)!).Split('\n');
        Assert.StartsWith($"Call {id}  trace ", lines[0]);
        Assert.Matches(@"^ +10\.0\.0\.1:5060 +Tandem +10\.0\.0\.2:5060", lines[2]);
        Assert.Matches(@"^    0\.000   +\|-+ INVITE \(SDP\) -+>\| +\|$", lines[3]);
        Assert.Contains(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, @"\| +\|-+ INVITE \(SDP\) -+>\|$"));
        Assert.Contains(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, @"\| +\|<-+ 200 INVITE \(SDP\) -+\|$"));
        Assert.Contains(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, @"\|<-+ 200 BYE -+\| +\|$"));
        Assert.Contains(lines, line => line.Contains("verdict result=Success reason=Completed"));
    }

    [Theory]
    [InlineData("INVITE sip:x SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n", "INVITE (SDP)")]
    [InlineData("SIP/2.0 486 Busy Here\r\nCSeq: 1 INVITE\r\n\r\n", "486 INVITE")]
    [InlineData("\u001b[2Jx sip:x SIP/2.0\r\n\r\n", ".[2Jx")]
    public void A_message_has_a_short_name(string message, string name) => Assert.Equal(name, TraceLadder.Name(System.Text.Encoding.UTF8.GetBytes(message)));
}
