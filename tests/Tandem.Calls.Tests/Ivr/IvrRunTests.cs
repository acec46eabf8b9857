using FsCheck;
using FsCheck.Fluent;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ivr;
using Tandem.Testing.Ivr;

namespace Tandem.Calls.Tests.Ivr;

/// <summary>Whatever a checked flow is and whatever is typed, a run ends within its limits, and only at steps of the flow.</summary>
public class IvrRunTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    [Fact]
    public void Every_run_of_every_flow_that_is_accepted_ends()
    {
        var steps = ArbMap.Default.GeneratorFor<int>().Select(Math.Abs).ArrayOf(24);
        var keys = Gen.Elements("0123456789*#".ToCharArray()).ArrayOf();
        var property = Prop.ForAll(Arb.From(steps), Arb.From(keys), (numbers, typed) =>
        {
            var json = Document(numbers);
            var (flow, problems) = IvrFlowReader.Read("main", System.Text.Encoding.UTF8.GetBytes(json), IvrOptions.Default);
            if (flow is null)
                return problems.Count > 0 && problems.All(problem => problem.Field.Length > 0);

            var person = new TypedPerson(typed);
            var run = new IvrRun(flow, person, id => id == "main" ? flow : null, IvrOptions.Default with { MaxSteps = 60 });
            var task = run.RunAsync();
            return task.IsCompletedSuccessfully && person.Reports.Count <= (60 * 5) + 5 && person.Reports.All(report => flow.Steps.ContainsKey(report.Step));
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), property);
    }

    [Fact]
    public async Task Flows_in_flows_have_a_floor()
    {
        var flows = new FakeFlows();
        var flow = flows.Add("main", """{ "steps": { "ask": { "do": "collect", "next": "in" }, "in": { "do": "flow", "flow": "main" } } }""");
        var person = new TypedPerson("1#1#1#1#1#1#1#1#1#1#".ToCharArray());
        Assert.True(await new IvrRun(flow, person, _ => flow, IvrOptions.Default).RunAsync());
        var failed = Assert.Single(person.Reports, report => report.Result == IvrStepResult.Failed);
        Assert.Contains("5 deep", failed.Detail, StringComparison.Ordinal);
        Assert.Equal("cannot-complete", person.Played[^1]);
    }

    [Fact]
    public async Task A_step_that_breaks_is_blamed_and_the_flows_own_way_out_is_taken_once()
    {
        var flow = new FakeFlows().Add("main", """
            { "onError": "sorry", "steps": { "go": { "do": "transfer", "to": "${nowhere}" }, "sorry": { "do": "play", "prompt": "please-hold", "next": "again" }, "again": { "do": "transfer", "to": "${nowhere}" } } }
            """);
        var person = new TypedPerson([]);
        Assert.True(await new IvrRun(flow, person, _ => null, IvrOptions.Default).RunAsync());
        Assert.Equal(["go Failed sorry", "sorry Done again", "again Failed "], person.Reports.Select(report => $"{report.Step} {report.Result} {report.Next}"));
        Assert.Equal(["please-hold", "cannot-complete"], person.Played);
    }

    // A flow of five steps, each of the numbers deciding something.
    private static string Document(int[] numbers)
    {
        var at = 0;
        int Next(int below) => numbers[at++ % numbers.Length] % below;
        string Step() => Next(4) == 0 ? "null" : $"\"{Names[Next(Names.Length)]}\"";
        var steps = Names.Select(name => $"\"{name}\": " + Next(7) switch
        {
            0 => $$"""{ "do": "play", "prompt": "hi", "next": {{Step()}} }""",
            1 => $$"""{ "do": "menu", "prompt": "hi", "tries": 2, "keys": { "1": "{{Names[Next(5)]}}", "2": "{{Names[Next(5)]}}" }, "onSilent": {{Step()}}, "onInvalid": {{Step()}} }""",
            2 => $$"""{ "do": "collect", "max": 3, "next": {{Step()}}, "onInvalid": {{Step()}} }""",
            3 => $$"""{ "do": "branch", "cases": [ { "digits": "1", "next": {{Step()}} } ], "otherwise": {{Step()}} }""",
            4 => $$"""{ "do": "set", "variables": { "x": "${x}1" }, "next": {{Step()}} }""",
            5 => $$"""{ "do": "flow", "flow": "main", "next": {{Step()}} }""",
            _ => $$"""{ "do": "transfer", "to": "100", "onBusy": {{Step()}}, "onFailed": {{Step()}} }""",
        });
        return $$"""{ "steps": { {{string.Join(", ", steps)}} } }""";
    }

    /// <summary>Types what it was given, then nothing.</summary>
    private sealed class TypedPerson(char[] keys) : IIvrPerson
    {
        private readonly Queue<char> _keys = new(keys);

        public List<IvrStepReport> Reports { get; } = [];

        public List<string> Played { get; } = [];

        public bool IsGone => false;

        public string Language { get; set; } = "";

        public string Caller => "100";

        public string Called => "800";

        public string CallId => "";

        public TimeSpan Elapsed => TimeSpan.Zero;

        public DateTime LocalTime => new(2026, 11, 21, 12, 0, 0, DateTimeKind.Unspecified);

        public ValueTask<PlayEnd> PlayAsync(Prompt prompt, bool keysStop)
        {
            Played.Add(prompt.ToString());
            return new(PlayEnd.Finished);
        }

        public ValueTask<char?> KeyAsync(TimeSpan wait) => new(_keys.TryDequeue(out var key) ? key : null);

        public async ValueTask<string> ReadAsync(ReadOrder order)
        {
            var digits = "";
            while (digits.Length < order.Max && await KeyAsync(order.First) is { } key && key != order.Terminator)
                digits += key;
            return digits;
        }

        public ValueTask<RecordedMessage?> RecordAsync(RecordOrder order) => new((RecordedMessage?)null);

        public ValueTask<IvrWebAnswer> AskAsync(IvrWebRequest request, Prompt? meanwhile) => new(new IvrWebAnswer(0, default, "none"));

        public ValueTask<IvrTransferEnd> TransferAsync(IvrTransfer transfer) => new(IvrTransferEnd.Busy);

        public void Report(IvrStepReport report) => Reports.Add(report);
    }
}
