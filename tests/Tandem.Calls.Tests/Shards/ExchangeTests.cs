using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Shards;

public class ExchangeTests
{
    [Fact]
    public async Task Draining_an_idle_exchange_ends_at_once()
    {
        var rig = new ExchangeRig();
        await rig.Exchange.DrainAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeProvider.System);
        Assert.True(rig.Exchange.IsDraining);
    }

    [Fact]
    public async Task Draining_hangs_up_what_is_left_after_the_grace_period()
    {
        var call = new TalkingCall();
        await call.Rig.Exchange.DrainAsync(TimeSpan.Zero, TimeSpan.Zero, TimeProvider.System);
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal((EndReason.Shutdown, 200, CallSide.Exchange), (call.Rig.Events.Record.Verdict.Reason, call.Rig.Events.Record.Verdict.SipStatus, call.Rig.Events.Record.Verdict.EndedBy));
    }

    [Fact]
    public void The_calls_of_a_tenant_are_listed_oldest_first_and_found_by_id()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        cleo.Dial("101").Invite(Sdp.Audio());
        call.Bob.Expect("INVITE");
        var calls = call.Rig.Exchange.ActiveCalls(TenantId.Default);
        Assert.Equal(["100", "102"], calls.Select(c => c.CallerNumber));
        Assert.Empty(call.Rig.Exchange.ActiveCalls(new TenantId("other")));
        Assert.Equal(calls[1], call.Rig.Exchange.Find(calls[1].Id));
        Assert.Null(call.Rig.Exchange.Find(new CallId("none")));
        Assert.Equal(0, call.Rig.Exchange.ClearCalls(new TenantId("other")));
    }

    [Fact]
    public void Statistics_count_what_is_there()
    {
        var call = new TalkingCall();
        call.Rig.Run(40);
        var s = call.Rig.Exchange.Statistics();
        Assert.Equal((1, 2, 4, 2, 1L), (s.Calls, s.Dialogs, s.PortsInUse, s.Bindings, s.CallsCreated));
        Assert.Equal((0, 0, 0), (s.ServerTransactions, s.ClientTransactions, s.OpenTransactions));
        Assert.Equal(1, Assert.Single(s.CallsByState).Value);
    }
}
