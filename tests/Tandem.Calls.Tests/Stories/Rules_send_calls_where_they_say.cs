using Tandem.Calls.Calls;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class Rules_send_calls_where_they_say
{
    [Fact]
    public void To_the_next_action_while_nobody_answers()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set(new RoutingDocument { Rules = [Rule("front", "500", new ActionBody { To = "extension:101", RingSeconds = 6 }, new ActionBody { To = "extension:102" })] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        bob.TakeCancel(b, invite, seconds: 7);
        eve.Converse(ada, a);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal("500", rig.Events.Record.CalleeNumber);
    }

    // Early media of the first one was heard; the second one answers in the same dialog of the caller.
    [Fact]
    public void In_one_early_dialog_of_the_caller_with_early_media_too()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set(new RoutingDocument { Rules = [Rule("front", "500", new ActionBody { To = "extension:101", RingSeconds = 6 }, new ActionBody { To = "extension:102" })] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio(port: 40000));
        var early = ada.Expect("183");
        bob.TakeCancel(b, invite, seconds: 7);
        var next = eve.Expect("INVITE");
        var e = eve.Take(next);
        e.Reply(next, 200, Sdp.Audio(port: 41000));
        eve.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal(early["To"], ok["To"]);
        a.Ack(ok);
        ada.HangUp(a, eve, e);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void To_an_announcement_that_ends_the_call()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        rig.Set(new RoutingDocument { Rules = [Rule("closed", "500", new ActionBody { To = "play:closed" })] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        a.Ack(ada.Expect("200 INVITE"));
        a.Reply(ada.Expect("BYE"), 200);
        var play = Assert.Single(rig.Media.Last!.Sound.Plays);
        Assert.Equal((CallSide.Caller, "closed"), (play.Side, play.Prompt));
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.Completed, rig.Events.Record.Verdict.Reason);
    }

    [Fact]
    public void And_the_exchange_itself_answers_where_they_end()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        rig.Set(new RoutingDocument { Rules = [Rule("front", "500", new ActionBody { To = "extension:101", RingSeconds = 6 }, new ActionBody { To = "echo" })] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        bob.TakeCancel(b, invite, seconds: 7);
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal("", rig.Leftovers());
    }

    // A caller who gives up between two steps is heard.
    [Fact]
    public void Until_the_caller_gives_up()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set(new RoutingDocument { Rules = [Rule("front", "500", new ActionBody { To = "extension:101" }, new ActionBody { To = "extension:102" })] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        var next = eve.Expect("INVITE");
        var e = eve.Take(next);
        e.Reply(next, 180);
        ada.Expect("180");
        a.Cancel();
        ada.Expect("200 CANCEL");
        a.AckRefusal(ada.Expect("487"));
        eve.TakeCancel(e, next);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.Cancelled, rig.Events.Record.Verdict.Reason);
    }

    [Theory]
    [InlineData("100", "603")] // the caller fits
    [InlineData("103", "404")]
    public void For_the_callers_that_they_name(string caller, string status)
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone(caller);
        rig.Set(new RoutingDocument { Rules = [Rule("front", "500", new ActionBody { To = "reject:603" }) with { Callers = ["range:100-102"] }] });
        var a = phone.Dial("500");
        a.Invite(Sdp.Audio());
        a.AckRefusal(phone.Expect(status));
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData("X-Ward: seven", "603")]
    [InlineData("X-Ward: eight", "404")]
    [InlineData("X-Other: seven", "404")]
    public void For_the_headers_that_they_name(string header, string status)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        rig.Set(new RoutingDocument { Rules = [Rule("front", "500", new ActionBody { To = "reject:603" }) with { Headers = new Dictionary<string, string> { ["X-Ward"] = "regex:^s" } }] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio(), header);
        a.AckRefusal(ada.Expect(status));
        Assert.Equal("", rig.Leftovers());
    }

    // A rewritten number leads where that number leads.
    [Fact]
    public void With_the_number_rewritten()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "old", Numbers = ["_8X"], Actions = [new ActionBody { To = "extension:{number}", Strip = 1, Prefix = "10" }] }] });
        var a = ada.Dial("81");
        a.Invite(Sdp.Audio());
        bob.Converse(ada, a);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void To_all_of_a_group_at_once()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set(Group("all"));
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        var (one, two) = (bob.Expect("INVITE"), eve.Expect("INVITE"));
        var (b, e) = (bob.Take(one), eve.Take(two));
        b.Reply(one, 180);
        ada.Expect("180");
        e.Reply(two, 200, Sdp.Audio(port: 40000));
        eve.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        bob.TakeCancel(b, one);

        // Who talks is in a call, though nobody dialled the number: it does not ring for the next one.
        var dan = rig.Phone("103");
        dan.Dial("500").Invite(Sdp.Audio());
        var again = bob.Expect("INVITE");
        Assert.Empty(eve.Unread);
        bob.Take(again).Reply(again, 486);
        bob.Expect("ACK");
        dan.Expect("486");
        ada.HangUp(a, eve, e);
    }

    [Fact]
    public void To_who_has_been_idle_longest()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set(Group("longestIdle"));
        foreach (var member in new[] { bob, eve, bob })
        {
            var a = ada.Dial("500");
            a.Invite(Sdp.Audio());
            member.Converse(ada, a);
            rig.Run(1);
        }

        Assert.Equal("", rig.Leftovers());
    }

    // The first one is anybody; who does not answer is followed by the other one, and nobody rings twice.
    [Fact]
    public void To_one_after_the_other_of_a_group_in_random_order()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set(Group("random"));
        var first = new Dictionary<ScriptedPhone, int> { [bob] = 0, [eve] = 0 };
        for (var i = 0; i < 40; i++)
        {
            var a = ada.Dial("500");
            a.Invite(Sdp.Audio());
            rig.Run(0.1);
            var one = Assert.Single(first.Keys, phone => phone.Unread.Count > 0);
            first[one]++;
            var invite = one.Expect("INVITE");
            one.Take(invite).Reply(invite, 486);
            one.Expect("ACK");
            (one == bob ? eve : bob).Converse(ada, a);
            Assert.Empty(one.Unread);
        }

        Assert.All(first.Values, count => Assert.InRange(count, 5, 35)); // by chance outside once in a million runs, and the seed is the same in all
        Assert.Equal("", rig.Leftovers());
    }

    // A call that rings while the rules are replaced goes on by those that it began with; the next one has the new ones.
    [Fact]
    public void By_the_plan_that_a_call_began_with_and_the_next_one_by_the_new()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve, dan, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"), rig.Phone("103"), rig.Phone("104"));
        rig.Set(new RoutingDocument { Rules = [Rule("front", "500", new ActionBody { To = "extension:101", RingSeconds = 6 }, new ActionBody { To = "extension:102" })] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        rig.Set(new RoutingDocument { Rules = [Rule("front", "500", new ActionBody { To = "extension:103" })] });
        var c = cleo.Dial("500");
        c.Invite(Sdp.Audio());
        dan.Converse(cleo, c);
        bob.TakeCancel(b, invite, seconds: 7);
        eve.Converse(ada, a);
        Assert.Empty(dan.Unread);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void On_from_a_group_that_nobody_is_in()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve, dan) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"), rig.Phone("103"));
        rig.Set(Group("all", "extension:103"));
        rig.Set("101", new ExtensionFeatures { DoNotDisturb = true });
        rig.Set("102", new ExtensionFeatures { DoNotDisturb = true });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        dan.Converse(ada, a);
        Assert.Empty(bob.Unread);
        Assert.Empty(eve.Unread);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task Where_a_webhook_says()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        rig.Set(new RoutingDocument { Rules = [Rule("ask", "500", new ActionBody { To = "webhook:https://crm.example.org/next" }, new ActionBody { To = "reject:603" })] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        rig.Run(0.1);
        var (url, question) = await rig.RouteWebhooks.Asked;
        Assert.Equal(("https://crm.example.org/next", "100", "500"), (url, question.Caller, question.Called));
        rig.RouteWebhooks.Answer(("extension:101", 0));
        await rig.WhenPostedAsync();
        bob.Converse(ada, a);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Elsewhere_when_the_webhook_is_away(bool answers)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        rig.Set(new RoutingDocument { Rules = [Rule("ask", "500", new ActionBody { To = "webhook:https://crm.example.org/next" }, new ActionBody { To = "reject:603" })] });
        var a = ada.Dial("500");
        a.Invite(Sdp.Audio());
        rig.Run(0.1);
        await rig.RouteWebhooks.Asked;
        if (answers)
        {
            rig.RouteWebhooks.Fail("no connection");
            await rig.WhenPostedAsync();
        }

        a.AckRefusal(ada.Expect("603"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void And_say_why_without_a_call()
    {
        var rig = new ExchangeRig();
        rig.Phone("101");
        rig.Set(new RoutingDocument
        {
            Rules = [Rule("night", "500", new ActionBody { To = "echo" }) with { Hours = [new HoursBody { From = "22:00", To = "06:00" }] }, Rule("day", "500", new ActionBody { To = "extension:101" })],
        });
        rig.Set("101", new ExtensionFeatures { ForwardNoAnswer = "102" });
        var day = Explain(rig, "2026-11-21T12:00:00Z");
        Assert.Contains("rule night does not: it is Saturday 12:00 in UTC", day.Why);
        Assert.Contains("rule day fits", day.Why);
        Assert.Contains("extension 101 forwards (NoAnswer) to 102", day.Why);
        Assert.Equal(("extension:101", "rings 1 contact", 20), (day.Steps[0].Target, day.Steps[0].Does, day.Steps[0].RingSeconds));
        Assert.Equal("extension:102", day.Steps[0].OnNoAnswer![0].Target);
        Assert.Equal("the exchange answers: Echo", Explain(rig, "2026-11-21T23:00:00Z").Steps[0].Does);
        Assert.Equal(0, rig.Exchange.CallCount);
    }

    private static RouteExplanation Explain(ExchangeRig rig, string at)
    {
        var answer = rig.Exchange.ExplainAsync(new RouteInquiry(TenantId.Default, "100", "500", DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));
        rig.Run(0.1);
        return answer.Result;
    }

    private static RuleBody Rule(string id, string number, params ActionBody[] actions) => new() { Id = id, Numbers = [number], Actions = actions };

    private static RoutingDocument Group(string strategy, string? otherwise = null) => new()
    {
        Rules = [Rule("front", "500", new ActionBody { To = "group:sales" })],
        Groups = [new GroupBody { Name = "sales", Strategy = strategy, Members = ["101", "102"], Otherwise = otherwise }],
    };
}
