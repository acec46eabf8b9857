using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Monitoring;
using Tandem.Core.Privacy;
using Tandem.Media.Mixing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public sealed class A_supervisor_monitors_an_agent
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Keys_say_who_hears_him_and_a_star_ends_it(int shard)
    {
        var (rig, agent, customer, _) = Talking();
        var conversation = rig.Media.Last!;
        var boss = ServedPhone.Dial(rig, rig.Phone("109"), "*33101", shard);
        var line = Assert.Single(rig.Media.Lines);
        Assert.Equal((boss.Session, conversation, CallSide.Callee, MonitorMode.Listen), (line.Supervisor, line.Conversation, line.Agent, line.Mode));

        foreach (var (key, mode) in new[] { ("1", MonitorMode.Whisper), ("2", MonitorMode.Other), ("3", MonitorMode.Barge), ("0", MonitorMode.Listen) })
        {
            boss.Press(key);
            Assert.Equal(mode, line.Mode);
        }

        // Nobody in the conversation gets a message of any kind.
        Assert.Empty(customer.Unread);
        Assert.Empty(agent.Unread);
        Assert.Empty(conversation.Sound.Plays);
        boss.Press("*");
        boss.ExpectBye();
        Assert.Equal((null, null), (line.Supervisor, line.Conversation));
        Assert.Equal(
            "Started ModeChanged ModeChanged ModeChanged ModeChanged Ended",
            string.Join(' ', Told(rig).Select(e => e.Kind)));
        Assert.All(Told(rig), e => Assert.Equal(("109", "101"), (e.Supervisor, e.Agent)));
        Assert.Equal(0, rig.Exchange.Monitors.Count);
        Assert.Equal(CallState.Established, Assert.Single(rig.Calls).State);
    }

    [Fact]
    public void He_follows_the_agent_from_call_to_call()
    {
        var (rig, agent, customer, dialogs) = Talking();
        var boss = ServedPhone.Dial(rig, rig.Phone("109"), "*33101");
        boss.Press("1");
        customer.HangUp(dialogs.From, agent, dialogs.To);
        rig.Run(0.1);
        Assert.Null(rig.Media.Lines[0].Conversation);
        Assert.Null(Assert.Single(rig.Exchange.Monitors.Of(Tandem.Calls.Tenants.TenantId.Default)).Call);

        // The next one, in the other direction: the agent is the caller.
        var cleo = rig.Phone("103");
        var next = rig.Connect(agent, cleo, 32000, 42000);
        var session = rig.Media.Last!;
        rig.Run(0.1);
        var line = rig.Media.Lines[1];
        Assert.Equal((session, CallSide.Caller, MonitorMode.Whisper, boss.Session), (line.Conversation, line.Agent, line.Mode, line.Supervisor));
        Assert.Null(rig.Media.Lines[0].Supervisor);

        boss.HangUp();
        Assert.Equal((null, null), (line.Supervisor, line.Conversation));
        agent.HangUp(next.From, cleo, next.To);
        Assert.Equal("Started ModeChanged Waiting Started Ended", string.Join(' ', Told(rig).Select(e => e.Kind)));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void He_waits_for_an_agent_who_talks_to_nobody()
    {
        var rig = Rig();
        var (agent, customer) = (rig.Phone("101"), rig.Phone("100"));
        var boss = ServedPhone.Dial(rig, rig.Phone("109"), "*33101");
        Assert.Empty(rig.Media.Lines);
        var dialogs = rig.Connect(customer, agent, 30000, 40000);
        Assert.Equal(rig.Media.Last, Assert.Single(rig.Media.Lines).Conversation);
        customer.HangUp(dialogs.From, agent, dialogs.To);
        boss.Press("*");
        boss.ExpectBye();
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Who_is_no_supervisor_is_refused_before_the_answer()
    {
        var (rig, _, _, _) = Talking();
        var cleo = rig.Phone("103");
        var c = cleo.Dial("*33101");
        c.Invite(Sdp.Audio());
        c.AckRefusal(cleo.Expect("403"));
        Assert.Empty(rig.Media.Lines);
        var refused = Assert.Single(Told(rig));
        Assert.Equal((MonitorEventKind.Refused, "103", "no supervisor"), (refused.Kind, refused.Supervisor, refused.Text));
    }

    [Theory]
    [InlineData("9999", true)]
    [InlineData("111122223333", false)]
    public void A_PIN_is_asked_for_where_one_is_set(string typed, bool isLetIn)
    {
        var (rig, _, _, _) = Talking();
        rig.Kept.Monitor = rig.Kept.Monitor with { Pin = new Secret("9999") };
        var boss = ServedPhone.Dial(rig, rig.Phone("109"), "*33101");
        Assert.Empty(rig.Media.Lines);
        boss.Press(typed);
        Assert.Equal(isLetIn ? 1 : 0, rig.Media.Lines.Count);
        if (isLetIn)
            return;

        boss.ExpectBye();
        Assert.Equal((MonitorEventKind.Refused, "wrong PIN"), (Told(rig).Single().Kind, Told(rig).Single().Text));
    }

    [Fact]
    public void The_agent_is_told_by_a_tone_where_the_rules_say_so()
    {
        var (rig, _, _, _) = Talking();
        var conversation = rig.Media.Last!;
        rig.Kept.Monitor = rig.Kept.Monitor with { TellsAgent = true };
        ServedPhone.Dial(rig, rig.Phone("109"), "*33101");
        Assert.Equal([(CallSide.Callee, "tone:beep")], conversation.Sound.Plays.Select(play => (play.Side, play.Prompt)));
    }

    [Fact]
    public void Music_on_hold_does_not_silence_who_barges_in_for_ever()
    {
        var (rig, agent, customer, dialogs) = Talking();
        var boss = ServedPhone.Dial(rig, rig.Phone("109"), "*33101");
        boss.Press("3");
        dialogs.To.Invite(Sdp.Audio(port: 40000, direction: "sendonly", version: 2));
        dialogs.From.Reply(customer.Expect("INVITE"), 200, Sdp.Audio(port: 30000, direction: "recvonly", version: 2));
        customer.Expect("ACK");
        dialogs.To.Ack(agent.Expect("200 INVITE"));
        rig.Run(0.1);
        Assert.Equal((1, MonitorMode.Barge), (rig.Media.Lines[0].Renewals, rig.Media.Lines[0].Mode));
    }

    // RFC 3891: the agent's dialog is replaced; the customer's phone gets a re-INVITE, the agent BYE.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void He_takes_the_call_over(int shard)
    {
        var (rig, agent, customer, dialogs) = Talking();
        var boss = ServedPhone.Dial(rig, rig.Phone("109"), "*33101", shard);
        boss.Press("#");
        var reinvite = customer.TakeReinvite(dialogs.From, 31000);
        Assert.Contains("m=audio", reinvite.Body, StringComparison.Ordinal);
        dialogs.To.Reply(agent.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Equal((null, null), (rig.Media.Lines[0].Supervisor, rig.Media.Lines[0].Conversation));
        Assert.Equal("Started TakenOver", string.Join(' ', Told(rig).Select(e => e.Kind)));
        var call = Assert.Single(rig.Calls);
        Assert.Equal(("109", CallState.Established), (call.CallerNumber, call.State));

        customer.HangUp(dialogs.From, boss.Phone, boss.Dialog);
        Assert.Equal(0, rig.Exchange.Monitors.Count);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_takeover_that_the_customer_refuses_leaves_all_as_it_was()
    {
        var (rig, agent, customer, dialogs) = Talking();
        var boss = ServedPhone.Dial(rig, rig.Phone("109"), "*33101");
        boss.Press("#");
        dialogs.From.Reply(customer.Expect("INVITE"), 488);
        customer.Expect("ACK");
        rig.Run(1);
        Assert.Equal((boss.Session, 2), (rig.Media.Lines[^1].Supervisor, rig.Media.Lines.Count));
        Assert.NotNull(rig.Media.Lines[^1].Conversation);
        boss.HangUp();
        customer.HangUp(dialogs.From, agent, dialogs.To);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Supervisors_are_not_monitored_themselves()
    {
        var (rig, _, _, _) = Talking();
        rig.Kept.Monitor = rig.Kept.Monitor with { Supervisors = ["108", "109"] };
        var boss = ServedPhone.Dial(rig, rig.Phone("109"), "*33101");
        var other = ServedPhone.Dial(rig, rig.Phone("108"), "*33109");
        Assert.Single(rig.Media.Lines);
        other.HangUp();
        boss.HangUp();
    }

    private static ExchangeRig Rig()
    {
        var rig = new ExchangeRig();
        rig.Kept.Monitor = new MonitorRules { Supervisors = ["109"] };
        return rig;
    }

    // 100, the customer, has called 101, the agent.
    private static (ExchangeRig Rig, ScriptedPhone Agent, ScriptedPhone Customer, (PhoneDialog From, PhoneDialog To) Dialogs) Talking()
    {
        var rig = Rig();
        var (agent, customer) = (rig.Phone("101"), rig.Phone("100"));
        return (rig, agent, customer, rig.Connect(customer, agent, 30000, 40000));
    }

    private static List<MonitorEvent> Told(ExchangeRig rig) => [.. rig.Events.All.OfType<MonitorEvent>()];
}
