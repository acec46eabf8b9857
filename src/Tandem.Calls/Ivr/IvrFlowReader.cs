using System.Collections.Frozen;
using System.Text.Json;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ivr;

/// <summary>Reads a document to a flow. Pure; it never throws for what the document says, and names every field that is not accepted.</summary>
public static partial class IvrFlowReader
{
    /// <summary>Most problems that are told; a document with more is another kind of document.</summary>
    public const int MaxProblems = 50;

    /// <summary>The kinds of steps.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["play", "say", "menu", "collect", "branch", "http", "set", "transfer", "queue", "voicemail", "conference", "record", "language", "flow", "hangup"];

    /// <summary>True for what a flow or a step may be called.</summary>
    public static bool IsName(string name) => DestinationText.IsName(name);

    /// <summary>Reads JSON. The flow is null when there are problems.</summary>
    public static (IvrFlow? Flow, IReadOnlyList<FieldProblem> Problems) Read(string id, ReadOnlyMemory<byte> json, IvrOptions options)
    {
        if (json.Length > options.MaxDocumentBytes)
            return (null, [new FieldProblem("document", $"at most {options.MaxDocumentBytes} bytes are accepted")]);

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            return Read(id, document.RootElement, options);
        }
        catch (JsonException e)
        {
            return (null, [new FieldProblem("document", $"it is no JSON: {e.Message}")]);
        }
        catch (InvalidOperationException)
        {
            // JSON may escape halves of characters, which no text can hold.
            return (null, [new FieldProblem("document", "a text in it is no Unicode")]);
        }
    }

    private static (IvrFlow? Flow, IReadOnlyList<FieldProblem> Problems) Read(string id, JsonElement document, IvrOptions options)
    {
        var problems = new List<FieldProblem>();
        if (!IsName(id))
            problems.Add(new FieldProblem("id", "1 to 64 letters, digits, dots, underscores and dashes are expected"));
        var fields = new IvrFields(document, "", problems);
        var name = fields.Text("name", id, 100);
        var language = fields.Text("language", "", 64);
        if (language.Length > 0 && !Tandem.Media.Playback.Prompts.SoundName.IsValid(language))
            fields.Refuse("language", "a language tag in small letters is expected, such as en");
        var onError = fields.Step("onError");
        var variables = fields.Map("variables");
        var steps = ReadSteps(fields, problems, options);
        var start = fields.Step("start") ?? (steps.Count > 0 ? steps[0].Id : "");
        fields.Take("$schema");
        fields.Finish();

        var byName = new Dictionary<string, IvrStep>(StringComparer.Ordinal);
        foreach (var step in steps)
            byName[step.Id] = step;
        var flow = new IvrFlow(id, name, start, byName.ToFrozenDictionary(StringComparer.Ordinal))
        {
            Language = language,
            OnError = onError,
            Variables = variables.ToFrozenDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal),
        };
        if (problems.Count == 0)
            IvrFlowChecker.Check(flow, problems);
        return (problems.Count == 0 ? flow : null, problems.Count > MaxProblems ? problems[..MaxProblems] : problems);
    }

    private static List<IvrStep> ReadSteps(IvrFields fields, List<FieldProblem> problems, IvrOptions options)
    {
        var steps = new List<IvrStep>();
        if (fields.Take("steps") is not { ValueKind: JsonValueKind.Object } all)
        {
            fields.Refuse("steps", "steps by their names are expected");
            return steps;
        }

        foreach (var one in all.EnumerateObject())
        {
            if (steps.Count >= options.MaxFlowSteps || problems.Count >= MaxProblems)
            {
                fields.Refuse("steps", $"at most {options.MaxFlowSteps} steps are accepted");
                break;
            }

            if (!IsName(one.Name))
            {
                fields.Refuse($"steps.{one.Name[..Math.Min(64, one.Name.Length)]}", "a name of 1 to 64 letters, digits, dots, underscores and dashes is expected");
                continue;
            }

            if (steps.Exists(step => step.Id == one.Name))
            {
                fields.Refuse($"steps.{one.Name}", "there is a step of this name already");
                continue;
            }

            var inner = new IvrFields(one.Value, $"steps.{one.Name}", problems);
            var before = problems.Count;
            if (ReadStep(one.Name, inner, problems, options) is { } step)
                steps.Add(step);
            if (problems.Count == before)
                inner.Finish();
        }

        if (steps.Count == 0 && problems.Count == 0)
            fields.Refuse("steps", "at least one step is expected");
        return steps;
    }
}
