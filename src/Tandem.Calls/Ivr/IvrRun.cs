using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Ivr;

/// <summary>
/// One caller's way through a flow. It ends in any case: each step names the next or none, and steps, time, mistakes and depth are bounded. A step that fails plays an apology (or goes where
/// <see cref="IvrFlow.OnError"/> says) and is reported. What it throws is a fault of ours that no step could be blamed for.
/// </summary>
/// <param name="flow">Where it begins.</param>
/// <param name="person">Whom it leads.</param>
/// <param name="find">Finds the flows that it may go into.</param>
/// <param name="options">The limits.</param>
public sealed partial class IvrRun(IvrFlow flow, IIvrPerson person, Func<string, IvrFlow?> find, IvrOptions options)
{
    private int _steps;
    private int _mistakes;

    /// <summary>What the run knows.</summary>
    public IvrVariables Variables { get; } = new();

    /// <summary>Runs to the end. True when the caller is still there and has only to be hung up on.</summary>
    public async ValueTask<bool> RunAsync()
    {
        Variables.Set("caller", person.Caller);
        Variables.Set("called", person.Called);
        Variables.Set("call", person.CallId);
        _ = await RunFlowAsync(flow, depth: 1);
        return !person.IsGone;
    }

    // True when the flow came to its end and the one that it lies in goes on.
    private async ValueTask<bool> RunFlowAsync(IvrFlow current, int depth)
    {
        if (current.Language.Length > 0)
            person.Language = current.Language;
        foreach (var (name, value) in current.Variables)
        {
            if (depth == 1 || Variables[name].Length == 0)
                Variables.Set(name, value);
        }

        string? next = current.Start;
        var hasFailed = false;
        while (next is not null && current.Steps.TryGetValue(next, out var step))
        {
            if (person.IsGone)
                return false;

            var began = person.Elapsed;
            person.KeysAreOpen = step is IvrStep.Menu or IvrStep.Collect { IsSecret: false };
            Outcome outcome;
            if (Limit() is { } limit)
                outcome = Outcome.Fail(limit);
            else
                outcome = await TryAsync(step, depth);

            if (person.IsGone && outcome.Result != IvrStepResult.Done)
                outcome = outcome with { Result = IvrStepResult.Gone, Next = null, IsOver = true, Detail = person.IsTransferred ? "transferred by a command" : outcome.Detail };
            var isFailure = outcome.Result == IvrStepResult.Failed && outcome.Next is null;
            if (isFailure && !hasFailed && Limit() is null && current.OnError is { } rescue)
            {
                hasFailed = true; // the way out is not taken twice
                outcome = outcome with { Next = rescue };
                isFailure = false;
            }

            person.Report(new IvrStepReport(current.Id, step.Id, step.Kind, outcome.Result, outcome.Input, outcome.Next, person.Elapsed - began, outcome.Detail));
            if (isFailure)
            {
                await person.PlayAsync(Prompt.Sounds(options.Apology), keysStop: false);
                return false;
            }

            if (outcome.IsOver)
                return false;

            next = outcome.Next;
        }

        return !person.IsGone;
    }

    private string? Limit() => ++_steps > options.MaxSteps
        ? $"more than {options.MaxSteps} steps"
        : person.Elapsed > options.MaxDuration ? $"longer than {options.MaxDuration.TotalMinutes} minutes" : _mistakes > options.MaxMistakes ? $"more than {options.MaxMistakes} wrong or missing inputs" : null;

    private async ValueTask<Outcome> TryAsync(IvrStep step, int depth)
    {
        try
        {
            return await DoAsync(step, depth);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A step is a document's word for something: whatever breaks in it is told with its name, and the caller hears an apology.
            return Outcome.Fail($"{e.GetType().Name}: {e.Message}");
        }
    }

    private ValueTask<Outcome> DoAsync(IvrStep step, int depth) => step switch
    {
        IvrStep.Play play => PlayAsync(play),
        IvrStep.Menu menu => AskAsync(menu),
        IvrStep.Collect collect => CollectAsync(collect),
        IvrStep.Branch branch => new ValueTask<Outcome>(Branch(branch)),
        IvrStep.Http http => AskWebAsync(http),
        IvrStep.Set set => new ValueTask<Outcome>(Set(set)),
        IvrStep.Transfer transfer => TransferAsync(transfer),
        IvrStep.Record record => RecordAsync(record),
        IvrStep.Language language => new ValueTask<Outcome>(Speak(language)),
        IvrStep.SubFlow sub => EnterAsync(sub, depth),
        IvrStep.HangUp hangUp => HangUpAsync(hangUp),
        _ => new ValueTask<Outcome>(Outcome.Fail($"nothing does {step.Kind}")),
    };

    private async ValueTask<Outcome> PlayAsync(IvrStep.Play play)
    {
        var end = await person.PlayAsync(play.Prompt.Fill(Variables), play.KeysStop);
        return end == PlayEnd.Failed ? new Outcome(play.Next) { Detail = "it could not be played" } : new Outcome(play.Next);
    }

    private Outcome Branch(IvrStep.Branch branch)
    {
        var local = person.LocalTime;
        for (var i = 0; i < branch.Cases.Count; i++)
        {
            if (branch.Cases[i].When.Holds(Variables, person.Caller, person.Called, local))
                return new Outcome(branch.Cases[i].Step) { Detail = $"case {i + 1}" };
        }

        return new Outcome(branch.Next) { Detail = "otherwise" };
    }

    private Outcome Set(IvrStep.Set set)
    {
        foreach (var (name, value) in set.Values)
        {
            if (!Variables.Set(name, IvrText.Fill(value, Variables)))
                return Outcome.Fail($"{name}: there are {IvrVariables.MaxCount} variables already");
        }

        return new Outcome(set.Next);
    }

    private Outcome Speak(IvrStep.Language language)
    {
        var tag = IvrText.Fill(language.Tag, Variables);
        if (!Tandem.Media.Playback.Prompts.SoundName.IsValid(tag))
            return Outcome.Fail("it is no language");

        person.Language = tag;
        Variables.Set("language", tag);
        return new Outcome(language.Next);
    }

    private async ValueTask<Outcome> EnterAsync(IvrStep.SubFlow sub, int depth)
    {
        if (depth >= options.MaxDepth)
            return Outcome.Fail($"flows lie more than {options.MaxDepth} deep in each other");
        if (find(sub.Flow) is not { } inner)
            return Outcome.Fail($"there is no flow {sub.Flow}");

        return await RunFlowAsync(inner, depth + 1) ? new Outcome(sub.Next) : new Outcome(null) { IsOver = true };
    }

    private async ValueTask<Outcome> HangUpAsync(IvrStep.HangUp hangUp)
    {
        if (hangUp.Prompt is { } prompt)
            await person.PlayAsync(prompt.Fill(Variables), keysStop: false);
        return new Outcome(null) { IsOver = true };
    }

    private async ValueTask<Outcome> RecordAsync(IvrStep.Record record)
    {
        if (record.Prompt is { } prompt)
            await person.PlayAsync(prompt.Fill(Variables), keysStop: true);
        var message = await person.RecordAsync(new RecordOrder { MaxLength = record.MaxLength, SilenceEnd = record.Silence, Terminators = record.Terminators });
        if (message is null)
            return person.IsGone ? new Outcome(null) { Result = IvrStepResult.Gone } : Outcome.Fail("nothing could be recorded", record.OnFailed);

        Variables.Set(record.Into, message.Recording);
        Variables.Set(record.Into + "_seconds", ((int)message.Length.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new Outcome(record.Next) { Detail = $"recording {message.Recording}" };
    }

    /// <summary>What a step came to.</summary>
    /// <param name="Next">Where it goes on.</param>
    private readonly record struct Outcome(string? Next)
    {
        public IvrStepResult Result { get; init; }

        public string Input { get; init; } = "";

        public string Detail { get; init; } = "";

        /// <summary>The run ends, whatever flows lie around.</summary>
        public bool IsOver { get; init; }

        public static Outcome Fail(string why, string? next = null) => new(next) { Result = IvrStepResult.Failed, Detail = why };
    }
}
