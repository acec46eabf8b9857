using System.Text;
using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Tests.Ivr;

/// <summary>What a document may say, and how each fault in it is named.</summary>
public class IvrFlowReaderTests
{
    [Fact]
    public void A_whole_flow_is_read()
    {
        var (flow, problems) = Read(Flows.Main);
        Assert.Empty(problems);
        Assert.Equal(("Main menu", "welcome", 10), (flow!.Name, flow.Start, flow.Steps.Count));
        var menu = Assert.IsType<IvrStep.Menu>(flow.Steps["menu"]);
        Assert.Equal(("sales", 2, 5d, "operator"), (menu.Keys['1'], menu.Patience.Tries, menu.Patience.Wait.TotalSeconds, menu.Patience.OnSilent));
        var pin = Assert.IsType<IvrStep.Collect>(flow.Steps["pin"]);
        Assert.Equal((4, 6, '#', true, "pin"), (pin.Min, pin.Max, pin.Terminator, pin.IsSecret, pin.Into));
        Assert.False(IvrCondition.IsMatch(pin.Pattern!, "0123"));
        Assert.Equal("0", flow.Variables["tries"]);
    }

    [Theory]
    [InlineData("""{"do":"play"}""", "steps.a.prompt")]
    [InlineData("""{"do":"play","prompt":"No Such Name"}""", "steps.a.prompt")]
    [InlineData("""{"do":"play","prompt":"hi","nexxt":"a"}""", "steps.a.nexxt")]
    [InlineData("""{"do":"play","prompt":"hi","next":"b"}""", "steps.a.next")]
    [InlineData("""{"do":"sing"}""", "steps.a.do")]
    [InlineData("""{}""", "steps.a.do")]
    [InlineData("""[]""", "steps.a")]
    [InlineData("""{"do":"say","text":"${Upper}"}""", "steps.a.text")]
    [InlineData("""{"do":"say","text":"${open"}""", "steps.a.text")]
    [InlineData("""{"do":"menu","prompt":"hi"}""", "steps.a.keys")]
    [InlineData("""{"do":"menu","prompt":"hi","keys":{"12":"a"}}""", "steps.a.keys.12")]
    [InlineData("""{"do":"menu","prompt":"hi","keys":{"1":"b"}}""", "steps.a.keys.1")]
    [InlineData("""{"do":"menu","prompt":"hi","keys":{"1":"a"},"tries":0}""", "steps.a.tries")]
    [InlineData("""{"do":"menu","prompt":"hi","keys":{"1":"a"},"wait":"long"}""", "steps.a.wait")]
    [InlineData("""{"do":"collect","min":5,"max":4}""", "steps.a.min")]
    [InlineData("""{"do":"collect","pattern":"("}""", "steps.a.pattern")]
    [InlineData("""{"do":"collect","into":"Not A Name"}""", "steps.a.into")]
    [InlineData("""{"do":"collect","terminator":"x"}""", "steps.a.terminator")]
    [InlineData("""{"do":"branch","cases":[]}""", "steps.a.cases")]
    [InlineData("""{"do":"branch","cases":[{"next":"a"}]}""", "steps.a.cases[0].variable")]
    [InlineData("""{"do":"branch","cases":[{"equals":"1"}]}""", "steps.a.cases[0].variable")]
    [InlineData("""{"do":"branch","cases":[{"hours":"9 to 5"}]}""", "steps.a.cases[0].hours")]
    [InlineData("""{"do":"branch","cases":[{"days":"monday"}]}""", "steps.a.cases[0].days")]
    [InlineData("""{"do":"branch","cases":[{"dates":"24.12."}]}""", "steps.a.cases[0].dates")]
    [InlineData("""{"do":"http","url":"ftp://example.org/"}""", "steps.a.url")]
    [InlineData("""{"do":"http","url":"https://${host}/"}""", "steps.a.url")]
    [InlineData("""{"do":"http","url":"https://user@example.org/"}""", "steps.a.url")]
    [InlineData("""{"do":"http","url":"https://example.org/","timeout":600}""", "steps.a.timeout")]
    [InlineData("""{"do":"http","url":"https://example.org/","mayLeadTo":"b"}""", "steps.a.mayLeadTo[0]")]
    [InlineData("""{"do":"set"}""", "steps.a.variables")]
    [InlineData("""{"do":"set","variables":{"A b":"c"}}""", "steps.a.variables.A b")]
    [InlineData("""{"do":"transfer","to":"somewhere"}""", "steps.a.to")]
    [InlineData("""{"do":"queue","queue":"a b"}""", "steps.a.queue")]
    [InlineData("""{"do":"transfer","to":"100","meanwhile":["one","two"]}""", "steps.a.meanwhile")]
    [InlineData("""{"do":"flow","flow":"a b"}""", "steps.a.flow")]
    [InlineData("""{"do":"record","terminators":"x"}""", "steps.a.terminators")]
    public void Each_fault_is_named_by_its_field(string step, string field)
    {
        var (flow, problems) = Read($$"""{ "steps": { "a": {{step}} } }""");
        Assert.Null(flow);
        Assert.Contains(problems, problem => problem.Field == field);
    }

    [Theory]
    [InlineData("{ nothing", "document")]
    [InlineData("[]", "document")]
    [InlineData("""{ "steps": { "a": { "do": "say", "text": "\ud800" } } }""", "document")]
    [InlineData("{}", "steps")]
    [InlineData("""{ "steps": {} }""", "steps")]
    [InlineData("""{ "steps": { "a": { "do": "hangup" } }, "start": "b" }""", "start")]
    [InlineData("""{ "steps": { "a": { "do": "hangup" } }, "onError": "b" }""", "onError")]
    [InlineData("""{ "steps": { "a": { "do": "hangup" }, "b": { "do": "hangup" } } }""", "steps.b")]
    [InlineData("""{ "steps": { "a": { "do": "hangup" }, "a": { "do": "hangup" } } }""", "steps.a")]
    [InlineData("""{ "steps": { "a b": { "do": "hangup" } } }""", "steps.a b")]
    [InlineData("""{ "steps": { "a": { "do": "hangup" } }, "speed": 1 }""", "speed")]
    public void Faults_of_the_whole_are_named(string json, string field)
    {
        var (flow, problems) = Read(json);
        Assert.Null(flow);
        Assert.Contains(problems, problem => problem.Field == field);
    }

    // Every path ends: a circle on which nobody is asked would not.
    [Theory]
    [InlineData("""{ "a": { "do": "play", "prompt": "hi", "next": "a" } }""", "steps.a")]
    [InlineData("""{ "a": { "do": "set", "variables": { "x": "1" }, "next": "b" }, "b": { "do": "say", "text": "x", "next": "a" } }""", "steps.a steps.b")]
    [InlineData("""{ "a": { "do": "transfer", "to": "100", "onBusy": "b" }, "b": { "do": "play", "prompt": "hi", "next": "a" } }""", "steps.a steps.b")]
    [InlineData("""{ "a": { "do": "menu", "prompt": "hi", "keys": { "1": "b" } }, "b": { "do": "play", "prompt": "hi", "next": "a" } }""", "")]
    [InlineData("""{ "a": { "do": "collect", "next": "a" } }""", "")]
    public void A_circle_in_which_nobody_is_asked_is_refused(string steps, string fields)
    {
        var (_, problems) = Read($$"""{ "steps": {{steps}} }""");
        Assert.Equal(fields, string.Join(' ', problems.Select(problem => problem.Field)));
    }

    [Theory]
    [InlineData("hours", "22:00-06:00", "2026-11-21T23:10", true)]
    [InlineData("hours", "22:00-06:00", "2026-11-21T06:00", false)]
    [InlineData("hours", "09:00-17:30", "2026-11-21T17:29", true)]
    [InlineData("hours", "09:00-17:30", "2026-11-21T17:30", false)]
    [InlineData("days", "fri-mon", "2026-11-21T12:00", true)] // a Saturday
    [InlineData("days", "mon-fri", "2026-11-21T12:00", false)]
    [InlineData("dates", "2026-11-20..2026-11-21", "2026-11-21T23:59", true)]
    [InlineData("dates", "2026-11-22", "2026-11-21T23:59", false)]
    [InlineData("caller", "+44*", "2026-11-21T12:00", true)]
    [InlineData("caller", "100", "2026-11-21T12:00", false)]
    public void Cases_hold_by_time_and_caller(string field, string value, string at, bool holds)
    {
        var (flow, _) = Read($$"""{ "steps": { "a": { "do": "branch", "cases": [ { "{{field}}": "{{value}}" } ] } } }""");
        var when = Assert.IsType<IvrStep.Branch>(flow!.Steps["a"]).Cases[0].When;
        Assert.Equal(holds, when.Holds(new IvrVariables(), "+442079460000", "100", DateTime.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Flows_that_are_not_there_are_told_as_warnings()
    {
        var (flow, _) = Read("""{ "steps": { "a": { "do": "flow", "flow": "other", "next": "b" }, "b": { "do": "flow", "flow": "known" } } }""");
        var missing = Assert.Single(IvrFlowChecker.MissingFlows(flow!, id => id == "known"));
        Assert.Equal("steps.a.flow", missing.Field);
    }

    // It would hold the shard and all its calls.
    [Fact]
    public void A_pattern_that_takes_too_long_does_not_match()
    {
        var (flow, problems) = Read("""{ "steps": { "a": { "do": "collect", "pattern": "(1+)+2" } } }""");
        Assert.Empty(problems);
        Assert.False(IvrCondition.IsMatch(Assert.IsType<IvrStep.Collect>(flow!.Steps["a"]).Pattern!, new string('1', 32) + "3"));
    }

    private static (IvrFlow? Flow, IReadOnlyList<FieldProblem> Problems) Read(string json) => IvrFlowReader.Read("main", Encoding.UTF8.GetBytes(json), IvrOptions.Default);
}
