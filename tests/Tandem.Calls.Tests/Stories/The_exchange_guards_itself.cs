using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class The_exchange_guards_itself
{
    [Fact]
    public void More_calls_than_allowed_are_503()
    {
        var call = new TalkingCall(new CallOptions { MaxCalls = 1 });
        var cleo = call.Rig.Phone("102");
        var c = cleo.Dial("101");
        c.Invite(Sdp.Audio());
        var refused = cleo.Expect("503");
        Assert.Equal("10", refused["Retry-After"]);
        c.AckRefusal(refused);
        Assert.Equal(1, call.Rig.Exchange.Statistics().Overloaded);
        call.HangUp();
        c.Invite(Sdp.Audio());
        var invite = call.Bob.Expect("INVITE");
        call.Bob.Take(invite).Reply(invite, 486);
        c.AckRefusal(cleo.Expect("486"));
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void A_draining_exchange_takes_no_calls_and_keeps_those_it_has()
    {
        var call = new TalkingCall();
        call.Rig.Exchange.BeginDrain();
        var cleo = call.Rig.Phone("102");
        var c = cleo.Dial("101");
        c.Invite(Sdp.Audio());
        var refused = cleo.Expect("503");
        Assert.Equal("30", refused["Retry-After"]);
        c.AckRefusal(refused);
        Assert.Single(call.Rig.Calls);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Single(call.Rig.Events.Records);
    }

    // RFC 5393 for a B2BUA: a binding that points back to the exchange must not ring in circles.
    [Fact]
    public void A_contact_that_leads_back_to_us_is_a_loop()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        rig.Register("101", "sip:101@198.51.100.1:5060", ExchangeRig.ServerAddress);
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("482"));
        Assert.Equal("", rig.Leftovers());
        Assert.Equal((EndReason.LoopDetected, 482), (rig.Events.Record.Verdict.Reason, rig.Events.Record.Verdict.SipStatus));
        Assert.Equal(1, rig.Exchange.Statistics().Loops);
    }

    [Fact]
    public void A_fault_before_there_is_a_call_is_500_and_leaves_nothing()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = ada.Dial(FakeExtensions.Broken);
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("500"));
        Assert.Single(rig.Faults);
        rig.Faults.Clear();
        Assert.Equal("", rig.Leftovers());
        Assert.Empty(rig.Events.All);
    }

    // RFC 3261 §16.6 item 3, as a B2BUA does it: loops over other servers run out of hops.
    [Fact]
    public void Max_forwards_counts_down()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        ada.Dial("101").Invite(Sdp.Audio(), "Max-Forwards: 12");
        Assert.Equal("11", bob.Expect("INVITE")["Max-Forwards"]);
    }

    [Fact]
    public void Max_forwards_0_is_483()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        ada.Dial("101").Invite(Sdp.Audio(), "Max-Forwards: 0");
        ada.Expect("483");
        bob.ExpectNothing();
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void More_requests_than_a_call_can_keep_waiting_are_500()
    {
        var call = new TalkingCall(new CallOptions { MaxPendingSignals = 0 });
        call.A.Send("INFO", "x", "Content-Type: text/plain");
        Assert.Equal("5", call.Ada.Expect("500")["Retry-After"]);
        Assert.Equal(1, call.Rig.Exchange.Shards.Sum(s => s.Counters.SignalsRefused));
    }

    // RFC 3262 §3: the 200 waits for a PRACK that never comes, and the story reads nothing meanwhile.
    [Fact]
    public void More_provisional_responses_than_a_call_can_keep_waiting_are_dropped()
    {
        var rig = new ExchangeRig(new CallOptions { MaxPendingSignals = 4 });
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Supported: 100rel");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio());
        ada.Expect("183");
        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        var call = rig.Exchange.LiveCalls.Single();
        for (var i = 0; i < 10; i++)
            call.PostProvisional(new CallSignal(CallSignalKind.Provisional, call.Forks[0], Status: 180));
        Assert.Equal(6, rig.Exchange.Shards.Sum(s => s.Counters.SignalsRefused));
    }

    [Fact]
    public void Options_outside_a_call_is_answered_and_info_is_405()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        ada.Dial("100").Send("OPTIONS", "", "X-Room: " + new string('x', 500)); // over UDP the answer is at most twice as long
        var ok = ada.Expect("200 OPTIONS");
        Assert.True(ok.Lists("Allow-Events", "dialog"));
        Assert.Contains("INVITE", ok["Allow"], StringComparison.Ordinal);
        Assert.True(ok.Lists("Accept", "application/sdp"));
        ada.Dial("101").Send("INFO", "hi", "Content-Type: text/plain");
        Assert.Contains("INVITE", ada.Expect("405")["Allow"], StringComparison.Ordinal);
        Assert.Equal("", rig.Leftovers());
    }
}
