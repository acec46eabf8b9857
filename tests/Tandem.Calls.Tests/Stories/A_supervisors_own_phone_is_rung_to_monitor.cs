using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Events;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>The API has a supervisor listen: his own phone rings, and when he answers he is at the agent's call, asked for no PIN.</summary>
public class A_supervisors_own_phone_is_rung_to_monitor
{
    [Fact]
    public async Task He_answers_and_is_at_the_call_as_it_was_asked_for()
    {
        var rig = new ExchangeRig();
        var (customer, agent) = (rig.Phone("100"), rig.Phone("101"));
        var talk = rig.Connect(customer, agent, 30000, 40000);
        var conversation = rig.Media.Last!;
        var boss = rig.Phone("109");
        var begun = await MonitorAsync(rig, new MonitorOrder("109", "101") { Mode = MonitorMode.Whisper, Follows = false });
        Assert.Equal((CommandResult.Begun, "109", "*33101"), (begun.Result, begun.Call!.CallerNumber, begun.Call.CalleeNumber));
        var b = Answer(boss);
        rig.Run(0.1);
        var line = Assert.Single(rig.Media.Lines);
        Assert.Equal((conversation, CallSide.Callee, MonitorMode.Whisper), (line.Conversation, line.Agent, line.Mode));
        var monitor = Assert.Single(rig.Exchange.Monitors.Of(TenantId.Default));
        Assert.Equal((begun.Call.Id, "109", "101", false), (monitor.Id, monitor.Supervisor, monitor.Agent, monitor.Follows));
        AssertEnded(rig, begun, CommandOutcome.Done, 200);

        // He does not follow: with the call of the agent his own is over.
        customer.HangUp(talk.From, agent, talk.To);
        b.Reply(boss.Expect("BYE"), 200);
        rig.Run(0.1);
        Assert.Equal(["Started", "Ended"], rig.Events.All.OfType<MonitorEvent>().Select(e => e.Kind.ToString()));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task Who_does_not_answer_listens_to_nobody()
    {
        var rig = new ExchangeRig();
        var boss = rig.Phone("109");
        var begun = await MonitorAsync(rig, new MonitorOrder("109", "101") { RingTime = TimeSpan.FromSeconds(7) });
        var invite = boss.Expect("INVITE");
        var b = boss.Take(invite);
        b.Reply(invite, 180);
        boss.TakeCancel(b, invite, 8);
        AssertEnded(rig, begun, CommandOutcome.Failed, 480);
        Assert.Equal(0, rig.Exchange.Monitors.Count);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task He_waits_for_the_next_call_of_an_agent_whom_he_follows()
    {
        var rig = new ExchangeRig();
        var boss = rig.Phone("109");
        await MonitorAsync(rig, new MonitorOrder("109", "101"));
        var b = Answer(boss);
        rig.Run(0.1);
        Assert.Null(Assert.Single(rig.Exchange.Monitors.Of(TenantId.Default)).Call);
        var (customer, agent) = (rig.Phone("100"), rig.Phone("101"));
        var talk = rig.Connect(customer, agent, 30000, 40000);
        rig.Run(0.1);
        Assert.NotNull(Assert.Single(rig.Exchange.Monitors.Of(TenantId.Default)).Call);
        b.Send("BYE");
        boss.Expect("200 BYE");
        customer.HangUp(talk.From, agent, talk.To);
        Assert.Equal("", rig.Leftovers());
    }

    private static PhoneDialog Answer(ScriptedPhone phone)
    {
        var invite = phone.Expect("INVITE");
        var dialog = phone.Take(invite);
        dialog.Reply(invite, 200, Sdp.Audio(port: 35000));
        phone.Expect("ACK");
        return dialog;
    }

    private static void AssertEnded(ExchangeRig rig, OriginationReply reply, CommandOutcome outcome, int status)
    {
        rig.Run(0.1);
        var told = Assert.Single(rig.Events.All.OfType<CallCommandEnded>(), e => e.CommandId == reply.CommandId);
        Assert.Equal((outcome, status), (told.Outcome, told.SipStatus));
    }

    private static Task<OriginationReply> MonitorAsync(ExchangeRig rig, MonitorOrder order)
    {
        var task = rig.Exchange.MonitorAsync(TenantId.Default, order);
        Assert.True(rig.Network.RunUntil(() => task.IsCompleted, TimeSpan.FromSeconds(5)));
        return task;
    }
}
