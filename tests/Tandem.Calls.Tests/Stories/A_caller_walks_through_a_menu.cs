using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Calls.Programs;
using Tandem.Calls.Tests.Ivr;
using Tandem.Calls.Tracing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Ivr;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A flow of a tenant with a phone at its other end: every way through the main menu.</summary>
public class A_caller_walks_through_a_menu
{
    private readonly ExchangeRig _rig = new(traces: new TraceOptions());

    [Fact]
    public void A_key_leads_to_a_person_and_the_way_is_in_events_trace_counts_and_record()
    {
        var (ada, a) = Call(Flows.Main);
        var bob = Bob;
        Press("1");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        bob.Expect("ACK");
        _rig.Run(1);
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);

        Assert.Equal(["welcome Done  menu", "menu Done 1 sales", "sales Done  "], Ways());
        var record = _rig.Events.All.OfType<CallEnded>().Single().Record;
        Assert.Equal("main/welcome/menu/sales", record.Extras!.IvrPath);
        Assert.Equal(1, _rig.Ivr.Counters.Of(TenantId.Default, "main", "menu")[(int)IvrStepResult.Done]);
        Assert.Equal(3, _rig.Traces!.Find(TenantId.Default, record.Id)!.Entries.Count(entry => entry.Text.Contains(nameof(IvrStepped), StringComparison.Ordinal)));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Silent_callers_come_to_the_operator_after_as_many_tries()
    {
        var (ada, a) = Call(Flows.Main.Replace("\"to\": \"100\"", "\"to\": \"101\"", StringComparison.Ordinal));
        _rig.Run(5.2);
        Assert.Equal(2, Sound.Plays.Count(play => play.Prompt == "enter-extension"));
        _rig.Run(5);
        var invite = Bob.Expect("INVITE");
        Bob.Take(invite).Reply(invite, 486);
        Bob.Expect("ACK");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["welcome Done  menu", "menu Silent  operator", "operator Failed  "], Ways());
        Assert.Equal("cannot-complete", Sound.Plays[^1].Prompt); // the operator's step has no way out
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Wrong_keys_are_told_and_end_with_good_bye()
    {
        var (ada, a) = Call(Flows.Main);
        Press("7");
        Assert.Contains(Sound.Plays, play => play.Prompt == "tone:error");
        Press("8");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["welcome Done  menu", "menu Invalid 8 "], Ways());
        Assert.Equal("goodbye", Sound.Plays[^1].Prompt);
        Assert.Equal("", _rig.Leftovers());
    }

    // Typed in one go before anything was played to its end: nothing of it is lost.
    [Fact]
    public void A_secret_typed_ahead_is_taken_and_shown_to_nobody()
    {
        _rig.Media.PlaysEnd = false;
        var (ada, a) = Call(Flows.Main);
        Press("24711#");
        Assert.Equal("say:Hello 100", Sound.Playing(CallSide.Caller)!.Prompt);
        Sound.Finish(CallSide.Caller);
        _rig.Run(0.1);
        Sound.Finish(CallSide.Caller);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["welcome Done  menu", "menu Done 2 pin", "pin Done **** check", "check Done  vip", "vip Done  bye", "bye Done  "], Ways());
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_person_who_does_not_answer_gets_a_message()
    {
        var (ada, a) = Call(Flows.Main);
        Press("1");
        var invite = Bob.Expect("INVITE");
        var b = Bob.Take(invite);
        b.Reply(invite, 180);
        Bob.TakeCancel(b, invite, 11);
        _rig.Run(1);
        Sound.Speak(CallSide.Caller, true);
        _rig.Run(3);
        Press("#");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Contains(Ways(), way => way == "message Done  bye");
        Assert.Single(Sound.Recordings);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_web_service_steers_and_hears_who_calls()
    {
        var (ada, a) = Call("""
            { "steps": {
              "ask": { "do": "http", "url": "https://crm.example.org/${caller}?n=${called}", "meanwhile": "music:default", "save": { "who": "customer.name" }, "mayLeadTo": ["hello"], "next": "bye" },
              "hello": { "do": "say", "text": "Hello ${who}, ${grade}", "next": "bye" }, "bye": { "do": "hangup" } } }
            """);
        Assert.Equal("music:default", Sound.Playing(CallSide.Caller)!.Prompt);
        var asked = Assert.Single(_rig.Web.Asked);
        Assert.Equal("https://crm.example.org/100?n=%2A43", asked.Url);
        Assert.Equal((_rig.Calls[0].Id, _rig.Calls[0].TraceId), (asked.Call, asked.TraceId));
        Assert.Contains("\"caller\":\"100\"", Encoding.UTF8.GetString(asked.Body!), StringComparison.Ordinal);
        _rig.Web.Answer("""{ "customer": { "name": "Ada" }, "variables": { "grade": "gold" }, "next": "hello" }""");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("say:Hello Ada, gold", Sound.Plays[^1].Prompt);
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("{}", 500, "status 500")]
    [InlineData("nonsense", 200, "the answer is no JSON")]
    [InlineData("""{ "next": "secret-step" }""", 200, "which mayLeadTo does not name")]
    public void A_web_service_that_fails_has_a_way_of_its_own(string answer, int status, string why)
    {
        var (ada, a) = Call("""{ "steps": { "ask": { "do": "http", "url": "https://crm.example.org/", "onError": "sorry" }, "sorry": { "do": "hangup", "prompt": "please-hold" } } }""");
        _rig.Web.Answer(answer, status);
        a.Reply(ada.Expect("BYE"), 200);
        var failed = Assert.Single(Steps(), step => step.Result == IvrStepResult.Failed);
        Assert.Contains(why, failed.Detail, StringComparison.Ordinal);
        Assert.Equal("please-hold", Sound.Plays[^1].Prompt);
        Assert.Equal("", _rig.Leftovers());
    }

    // A caller types numbers of people, and neither codes of phones nor, at the tenant's cost, the world.
    [Theory]
    [InlineData("101", true)]
    [InlineData("*43", false)]
    [InlineData("00442079460000", false)]
    public void What_a_caller_types_leads_to_people_only(string typed, bool rings)
    {
        var (ada, a) = Call("""
            { "steps": { "ask": { "do": "collect", "terminator": "#", "next": "go" }, "go": { "do": "transfer", "to": "${digits}", "onFailed": "no" }, "no": { "do": "hangup", "prompt": "invalid-entry" } } }
            """);
        Press(typed + "#");
        if (rings)
        {
            var invite = Bob.Expect("INVITE");
            Bob.Take(invite).Reply(invite, 404);
            Bob.Expect("ACK");
        }

        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("invalid-entry", Sound.Plays[^1].Prompt);
        Assert.Empty(Bob.Unread);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Whoever_hangs_up_in_a_step_is_counted_there()
    {
        var (ada, a) = Call(Flows.Main);
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal("menu Gone  ", Ways()[^1]);
        Assert.Equal(1, _rig.Ivr.Counters.Of(TenantId.Default, "main", "menu")[(int)IvrStepResult.Gone]);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_flow_that_is_not_there_is_refused_without_an_answer()
    {
        Install("nowhere");
        var ada = _rig.Phone("100");
        var a = ada.Dial(TestProgram.Number);
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("404"));
        Assert.Equal("", _rig.Leftovers());
    }

    private ScriptedPhone Bob => field ??= _rig.Phone("101");

    private FakeMediaSound Sound => _rig.Media.Last!.Sound;

    private IReadOnlyList<IvrStepReport> Steps() => [.. _rig.Events.All.OfType<IvrStepped>().Select(step => step.Report)];

    private List<string> Ways() => [.. Steps().Select(step => $"{step.Step} {step.Result} {step.Input} {step.Next}")];

    private void Press(string keys)
    {
        foreach (var key in keys)
            _rig.Media.Last!.Hear(CallSide.Caller, key);
        _rig.Run(0.1);
    }

    private void Install(string flow)
    {
        foreach (var shard in _rig.Exchange.Shards)
            shard.Environment.MakeProgram = (call, _) => new IvrProgram(call.Environment.Ivr, flow);
    }

    private (ScriptedPhone Phone, PhoneDialog Dialog) Call(string flow)
    {
        _rig.Flows.Add("main", flow);
        Install("main");
        _ = Bob;
        var ada = _rig.Phone("100");
        return (ada, TestProgram.Call(_rig, ada));
    }
}
