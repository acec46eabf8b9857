using Tandem.Calls.Calls;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>101 is the agent, 109 the supervisor: whatever number was called, he is where the agent's phone talks, and nowhere else.</summary>
public class A_supervisor_finds_where_the_agent_talks
{
    private readonly ExchangeRig _rig = new();

    public A_supervisor_finds_where_the_agent_talks()
    {
        _rig.Kept.Monitor = new MonitorRules { Supervisors = ["109"] };
        _rig.Set(new RoutingDocument
        {
            Rules = [new RuleBody { Id = "front", Numbers = ["500"], Actions = [new ActionBody { To = "group:sales" }] }],
            Groups = [new GroupBody { Name = "sales", Members = ["101", "102"] }],
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void He_who_waits_hears_the_call_of_a_queue(int shard)
    {
        var (customer, agent) = (_rig.Phone("100"), _rig.Phone("101"));
        _rig.Exchange.Queues.Configure(new StoredQueue(TenantId.Default, new QueueSettings { Name = "sales", Number = "700" }, [new("101")]), _rig.Network.Now);
        _rig.Exchange.Queues.LogIn(TenantId.Default, "101", _rig.Network.Now);
        var boss = ServedPhone.Dial(_rig, _rig.Phone("109"), "*33101", shard);
        var caller = ServedPhone.Dial(_rig, customer, "700");
        var invite = agent.Expect("INVITE");
        Assert.Null(Heard);
        var b = Answer(agent, invite);
        Assert.Equal((caller.Session, CallSide.Callee, boss.Session), (Heard, Line.Agent, Line.Supervisor));

        caller.Dialog.Send("BYE");
        customer.Expect("200 BYE");
        b.Reply(agent.Expect("BYE"), 200);
        _rig.Run(0.5);
        Assert.Null(Heard);
        boss.HangUp();
        Assert.Equal(["Waiting", "Started", "Waiting", "Ended"], Told);
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("101", true)]
    [InlineData("102", false)]
    public void Of_a_ring_group_he_hears_only_what_his_agent_answers(string answers, bool isHeard)
    {
        var phones = new[] { _rig.Phone("101"), _rig.Phone("102") };
        var customer = _rig.Phone("100");
        var boss = ServedPhone.Dial(_rig, _rig.Phone("109"), "*33101");
        var a = customer.Dial("500");
        a.Invite(Sdp.Audio(port: 30_000));
        var end = Take(phones, customer, answers);
        a.Ack(customer.Expect("200 INVITE"));
        _rig.Run(0.5);
        Assert.Equal(isHeard, Heard is not null);
        Assert.Equal(isHeard ? ["Waiting", "Started"] : ["Waiting"], Told);
        customer.HangUp(a, end.Phone, end.Dialog);
        boss.HangUp();
        Assert.Equal("", _rig.Leftovers());
    }

    // A call that rings at the agent for somebody who is in a menu already.
    [Fact]
    public void A_call_that_only_rings_at_the_agent_is_not_his()
    {
        var phones = new[] { _rig.Phone("101"), _rig.Phone("102") };
        var customer = _rig.Phone("100");
        A_caller_is_transferred.To(_rig, "group:sales");
        var caller = ServedPhone.Dial(_rig, customer, "*43");
        var invites = phones.Select(phone => phone.Expect("INVITE")).ToArray();
        var dialogs = phones.Zip(invites, (phone, invite) => phone.Take(invite)).ToArray();
        dialogs[0].Reply(invites[0], 180);
        dialogs[1].Reply(invites[1], 180);
        _rig.Run(0.5);
        var boss = ServedPhone.Dial(_rig, _rig.Phone("109"), "*33101");
        Assert.Null(Heard);
        Assert.Null(Assert.Single(_rig.Exchange.Monitors.Of(TenantId.Default)).Call);

        dialogs[1].Reply(invites[1], 200, Sdp.Audio(port: 40_000));
        phones[1].Expect("ACK");
        phones[0].TakeCancel(dialogs[0], invites[0]);
        _rig.Run(0.5);
        Assert.Null(Heard);
        Assert.Equal(["Waiting"], Told);

        boss.HangUp();
        caller.Dialog.Send("BYE");
        customer.Expect("200 BYE");
        dialogs[1].Reply(phones[1].Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_call_that_the_agent_has_forwarded_is_not_his()
    {
        var (customer, other) = (_rig.Phone("100"), _rig.Phone("102"));
        _rig.Phone("101");
        _rig.Set("101", new ExtensionFeatures { ForwardAlways = "102" });
        var a = customer.Dial("101");
        a.Invite(Sdp.Audio(port: 30_000));
        var o = Answer(other, other.Expect("INVITE"));
        a.Ack(customer.Expect("200 INVITE"));
        _rig.Run(0.5);
        var boss = ServedPhone.Dial(_rig, _rig.Phone("109"), "*33101");
        Assert.Null(Heard);
        Assert.Equal(["Waiting"], Told);
        customer.HangUp(a, other, o);
        boss.HangUp();
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Of_two_calls_he_hears_the_newest_that_is_not_on_hold(int held, int heard)
    {
        var agent = _rig.Phone("101");
        var customers = new[] { _rig.Phone("100"), _rig.Phone("103") };
        var calls = new List<(PhoneDialog From, PhoneDialog To)>();
        var sessions = new List<FakeMediaSession>();
        foreach (var customer in customers)
        {
            calls.Add(_rig.Connect(customer, agent, 30_000 + calls.Count, 40_000 + calls.Count));
            sessions.Add(_rig.Media.Last!);
        }

        if (held >= 0)
        {
            calls[held].To.Invite(Sdp.Audio(port: 40_000 + held, direction: "sendonly", version: 2));
            calls[held].From.Reply(customers[held].Expect("INVITE"), 200, Sdp.Audio(port: 30_000 + held, direction: "recvonly", version: 2));
            customers[held].Expect("ACK");
            calls[held].To.Ack(agent.Expect("200 INVITE"));
            _rig.Run(0.5);
        }

        var boss = ServedPhone.Dial(_rig, _rig.Phone("109"), "*33101");
        Assert.Equal(sessions[heard], Heard);
        boss.HangUp();
        for (var i = 0; i < calls.Count; i++)
            customers[i].HangUp(calls[i].From, agent, calls[i].To);
        Assert.Equal("", _rig.Leftovers());
    }

    private FakeMonitorLine Line => _rig.Media.Lines[^1];

    // What some line of a supervisor leads to.
    private object? Heard => _rig.Media.Lines.SingleOrDefault(line => line.Conversation is not null)?.Conversation;

    private List<string> Told => [.. _rig.Events.All.OfType<MonitorEvent>().Select(told => told.Kind.ToString())];

    private PhoneDialog Answer(ScriptedPhone phone, WireMessage invite)
    {
        var dialog = phone.Take(invite);
        dialog.Reply(invite, 200, Sdp.Audio(port: 40_000));
        phone.Expect("ACK");
        _rig.Run(0.5);
        return dialog;
    }

    // All ring and one answers.
    private static (ScriptedPhone Phone, PhoneDialog Dialog) Take(ScriptedPhone[] phones, ScriptedPhone caller, string number)
    {
        var rung = phones.Select(phone => (Phone: phone, Invite: phone.Expect("INVITE"))).Select(one => (one.Phone, one.Invite, Dialog: one.Phone.Take(one.Invite))).ToList();
        foreach (var (_, invite, dialog) in rung)
        {
            dialog.Reply(invite, 180);
            caller.Expect("180");
        }

        var winner = rung.Single(one => one.Phone.Number == number);
        winner.Dialog.Reply(winner.Invite, 200, Sdp.Audio(port: 40_000));
        winner.Phone.Expect("ACK");
        foreach (var (phone, invite, dialog) in rung.Where(one => one.Phone.Number != number))
            phone.TakeCancel(dialog, invite);
        return (winner.Phone, winner.Dialog);
    }
}
