using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Events;
using Tandem.Calls.Queues;
using Tandem.Calls.Recording;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Whoever is told first that he is recorded has to be there; and it is the phone that answered whose rule counts, not the number that was called.</summary>
public class A_rule_of_recording_waits_for_who_talks
{
    private readonly ExchangeRig _rig = new();

    [Theory]
    [InlineData("queue")]
    [InlineData("menu")]
    [InlineData("click")]
    public void Nothing_is_kept_before_both_have_heard_the_announcement(string way)
    {
        Rule("tenant", new RecordingRule { Mode = RecordingMode.Always, Announcement = "recorded" });
        var (ada, bob) = (_rig.Phone("100"), _rig.Phone("101"));
        var a = Begin(way, ada);
        _rig.Run(1);
        Assert.Empty(Sound.Recordings);
        Assert.DoesNotContain("recorded", Sound.Plays.Select(play => play.Prompt));

        Sound.PlaysEnd = false;
        var b = Answer(bob, bob.Expect("INVITE"));
        Assert.Equal([(CallSide.Callee, "recorded"), (CallSide.Caller, "recorded")], Sound.Plays.Where(play => play.Prompt == "recorded").Select(play => (play.Side, play.Prompt)));
        Assert.Empty(Sound.Recordings);
        _rig.Run(2);
        Sound.Finish(CallSide.Caller);
        _rig.Run(0.1);
        Assert.Equal(_rig.Events.All.OfType<CallRecordingChanged>().Single().At, Assert.Single(Sound.Recordings).Order.ConsentAt);
        ada.HangUp(a, bob, b);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public async Task Nobody_records_a_caller_alone_who_is_to_be_told_first()
    {
        Rule("tenant", new RecordingRule { Announcement = "recorded" });
        var caller = ServedPhone.Dial(_rig, _rig.Phone("100"), "*43");
        var asked = _rig.Exchange.RecordAsync(TenantId.Default, _rig.Calls.Single().Id, RecordingAction.Start);
        Assert.True(_rig.Network.RunUntil(() => asked.IsCompleted, TimeSpan.FromSeconds(5)));
        var reply = await asked;
        Assert.Equal((false, "both sides are to hear the announcement, and one of them is not there yet"), (reply!.Value.IsDone, reply.Value.Problem));
        Assert.Empty(Sound.Recordings);
        caller.HangUp();
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("group", "tenant=always", true)]
    [InlineData("group", "tenant=always extension:101=never", false)]
    [InlineData("group", "extension:101=always", true)]
    [InlineData("group", "extension:102=always", false)]
    [InlineData("forward", "extension:102=always", false)]
    [InlineData("forward", "tenant=always extension:102=never", true)]
    [InlineData("forward", "tenant=always extension:101=never", false)]
    [InlineData("menu", "tenant=always extension:101=never", false)]
    [InlineData("menu", "tenant=never extension:101=always", true)]
    [InlineData("menu", "extension:100=on-demand extension:101=always", true)]
    public void The_phone_that_answers_counts(string way, string rules, bool isRecorded)
    {
        foreach (var rule in rules.Split(' '))
        {
            Rule(rule.Split('=')[0], new RecordingRule
            {
                Mode = rule.Split('=')[1] switch { "always" => RecordingMode.Always, "never" => RecordingMode.Never, _ => RecordingMode.OnDemand },
            });
        }

        var (ada, bob) = (_rig.Phone("100"), _rig.Phone("101"));
        var a = Begin(way, ada);
        var b = Answer(bob, bob.Expect("INVITE"));
        if (way is "group" or "forward")
            a.Ack(ada.Expect("200 INVITE"));
        _rig.Run(0.5);
        Assert.Equal(isRecorded ? CallRecordingState.Recording : CallRecordingState.None, _rig.Calls.Single().Recording);
        ada.HangUp(a, bob, b);
        Assert.Equal("", _rig.Leftovers());
    }

    // A rule that tells first, of who answers, ends what began without telling anybody.
    [Fact]
    public void Who_is_to_be_told_is_told_also_where_a_recording_runs()
    {
        Rule("tenant", new RecordingRule { Mode = RecordingMode.Always });
        Rule("extension:101", new RecordingRule { Mode = RecordingMode.Always, Announcement = "recorded" });
        var (ada, bob) = (_rig.Phone("100"), _rig.Phone("101"));
        var a = Begin("menu", ada);
        Assert.Single(Sound.Recordings);
        Sound.PlaysEnd = false;
        var b = Answer(bob, bob.Expect("INVITE"));
        Assert.True(Assert.Single(Sound.Recordings).IsStopped);
        Sound.Finish(CallSide.Caller);
        _rig.Run(0.1);
        Assert.Equal([false, true], Sound.Recordings.Select(recording => recording.Order.ConsentAt is not null));
        ada.HangUp(a, bob, b);
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("tenant=never", false, false)]
    [InlineData("tenant=never room:800=on-demand", false, true)]
    [InlineData("tenant=always", true, true)]
    [InlineData("tenant=always+told", false, true)]
    [InlineData("room:801=never", false, true)]
    public void A_room_has_the_rule_of_the_tenant_where_it_has_none(string rules, bool isRecorded, bool mayBe)
    {
        foreach (var rule in rules.Split(' '))
        {
            var word = rule.Split('=')[1];
            Rule(rule.Split('=')[0], new RecordingRule
            {
                Mode = word switch { "never" => RecordingMode.Never, "on-demand" => RecordingMode.OnDemand, _ => RecordingMode.Always },
                Announcement = word.EndsWith("+told", StringComparison.Ordinal) ? "recorded" : "",
            });
        }

        var found = RecordingDecision.OfRoom(_rig.Kept, TenantId.Default, "800");
        Assert.Equal((isRecorded, mayBe), (RecordingDecision.IsChosen(found, new Random(1)), found.Mode != RecordingMode.Never));
    }

    [Theory]
    [InlineData("tenant", true)]
    [InlineData("extension:100", true)]
    [InlineData("room:800", false)]
    public void A_rule_of_a_room_tells_nobody(string scope, bool mayTell) =>
        Assert.Equal(mayTell, new RecordingRule { Announcement = "recorded" }.Problem(scope) is null);

    private FakeMediaSound Sound => _rig.Media.Last!.Sound;

    private void Rule(string scope, RecordingRule rule) => _rig.Kept.Recording[scope] = rule;

    // 100 is connected with the exchange, which rings 101 for it; or calls a number at which 101 rings.
    private PhoneDialog Begin(string way, ScriptedPhone ada)
    {
        switch (way)
        {
            case "queue":
                _rig.Exchange.Queues.Configure(new StoredQueue(TenantId.Default, new QueueSettings { Name = "sales", Number = "700" }, [new("101")]), _rig.Network.Now);
                _rig.Exchange.Queues.LogIn(TenantId.Default, "101", _rig.Network.Now);
                return ServedPhone.Dial(_rig, ada, "700").Dialog;
            case "menu":
                A_caller_is_transferred.To(_rig, "101");
                return ServedPhone.Dial(_rig, ada, "*43").Dialog;
            case "click":
                _ = _rig.Exchange.OriginateAsync(
                    TenantId.Default, new OriginationOrder { From = new Destination.Number("100"), To = new Destination.Number("101"), FromNumber = "100", ToNumber = "101" });
                return Answer(ada, ada.Expect("INVITE"));
            case "group":
                _rig.Set(new RoutingDocument
                {
                    Rules = [new RuleBody { Id = "front", Numbers = ["500"], Actions = [new ActionBody { To = "group:sales" }] }],
                    Groups = [new GroupBody { Name = "sales", Members = ["101", "102"] }],
                });
                return Dial(ada, "500");
            default:
                _rig.Set("102", new ExtensionFeatures { ForwardAlways = "101" });
                return Dial(ada, "102");
        }
    }

    private static PhoneDialog Dial(ScriptedPhone phone, string number)
    {
        var dialog = phone.Dial(number);
        dialog.Invite(Sdp.Audio(port: 30_000));
        return dialog;
    }

    private PhoneDialog Answer(ScriptedPhone phone, WireMessage invite)
    {
        var dialog = phone.Take(invite);
        dialog.Reply(invite, 200, Sdp.Audio(port: 40_000));
        phone.Expect("ACK");
        _rig.Run(0.5);
        return dialog;
    }
}
