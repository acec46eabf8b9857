using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ivr;

/// <summary>The steps, by what they do.</summary>
public static partial class IvrFlowReader
{
    private const string AllKeys = "0123456789*#ABCD";

    private static IvrStep? ReadStep(string id, IvrFields fields, List<FieldProblem> problems, IvrOptions options)
    {
        var kind = fields.Text("do", isRequired: true, max: 32);
        switch (kind)
        {
            case "play":
                return fields.Prompt("prompt", isRequired: true) is { } prompt ? new IvrStep.Play(id, kind, prompt, fields.Flag("keysStop") ?? true) { Next = fields.Step("next") } : null;
            case "say":
                return ReadSay(id, fields);
            case "menu":
                return ReadMenu(id, fields);
            case "collect":
                return ReadCollect(id, fields, options);
            case "branch":
                return ReadBranch(id, fields, problems, options);
            case "http":
                return ReadHttp(id, fields, options);
            case "set":
                return new IvrStep.Set(id, fields.Map("variables", isRequired: true)) { Next = fields.Step("next") };
            case "transfer":
                return ReadTransfer(id, kind, fields, fields.Template("to", isRequired: true));
            case "queue":
                var priority = fields.Number("priority", 0, 0, Destination.Queue.MostPriority);
                return ReadTransfer(id, kind, fields, "queue:" + fields.Template("queue", isRequired: true) + (priority > 0 ? string.Create(CultureInfo.InvariantCulture, $"?priority={priority}") : ""));
            case "voicemail":
                return ReadTransfer(id, kind, fields, "voicemail:" + fields.Template("mailbox", isRequired: true));
            case "conference":
                return ReadTransfer(id, kind, fields, "room:" + fields.Template("room", isRequired: true));
            case "record":
                return new IvrStep.Record(id, fields.Prompt("prompt"), fields.Variable("into", "recording"))
                {
                    MaxLength = fields.Seconds("maxLength", 180, 1, 3_600),
                    Silence = fields.Seconds("silence", 5, 0, 60),
                    Terminators = ReadKeys(fields, "terminators", "#"),
                    OnFailed = fields.Step("onFailed"),
                    Next = fields.Step("next"),
                };
            case "language":
                return new IvrStep.Language(id, fields.Template("language", isRequired: true)) { Next = fields.Step("next") };
            case "flow":
                return ReadSubFlow(id, fields);
            case "hangup":
                return new IvrStep.HangUp(id, fields.Prompt("prompt"));
            default:
                fields.Refuse("do", $"one of {string.Join(", ", Kinds)} is expected");
                return null;
        }
    }

    private static IvrStep.Play ReadSay(string id, IvrFields fields)
    {
        var text = fields.Template("text", isRequired: true);
        if (text.Length > 1_000)
            fields.Refuse("text", "at most 1000 characters are spoken");
        var piece = "say:" + text;
        var isFixed = !IvrText.HasVariables(text) && Calls.Programs.Prompt.TryParse([piece], out _, out _);
        return new IvrStep.Play(
            id, "say", new IvrPrompt([piece], isFixed ? new Calls.Programs.Prompt(new Calls.Programs.PromptPart.Speech(text)) : null), fields.Flag("keysStop") ?? true)
        { Next = fields.Step("next") };
    }

    private static IvrStep.Menu? ReadMenu(string id, IvrFields fields)
    {
        var prompt = fields.Prompt("prompt", isRequired: true);
        var patience = ReadPatience(fields);
        var keys = new Dictionary<char, string>();
        if (fields.Take("keys") is not { ValueKind: JsonValueKind.Object } map)
        {
            fields.Refuse("keys", "keys and the steps that they lead to are expected");
            return null;
        }

        foreach (var one in map.EnumerateObject())
        {
            if (one.Name.Length != 1 || !AllKeys.Contains(one.Name[0], StringComparison.Ordinal) || one.Value.ValueKind != JsonValueKind.String || !keys.TryAdd(one.Name[0], one.Value.GetString()!))
                fields.Refuse($"keys.{one.Name[..Math.Min(16, one.Name.Length)]}", "one key (0 to 9, *, #, A to D) with the name of a step is expected");
        }

        if (keys.Count == 0)
            fields.Refuse("keys", "at least one key is expected");
        return prompt is null ? null : new IvrStep.Menu(id, prompt, keys.ToFrozenDictionary()) { Patience = patience };
    }

    private static IvrStep.Collect ReadCollect(string id, IvrFields fields, IvrOptions options)
    {
        var min = fields.Number("min", 1, 1, 32);
        var max = fields.Number("max", 32, 1, 32);
        if (min > max)
            fields.Refuse("min", "at most as many as max are expected");
        var terminator = fields.Text("terminator", "#", 4);
        if (terminator is not ("" or "none") && (terminator.Length != 1 || !AllKeys.Contains(terminator[0], StringComparison.Ordinal)))
            fields.Refuse("terminator", "one key, or none is expected");
        return new IvrStep.Collect(id, fields.Prompt("prompt"), fields.Variable("into", "digits"))
        {
            Min = min,
            Max = max,
            Terminator = terminator.Length == 1 ? terminator[0] : null,
            Between = fields.Seconds("between", 4, 0.2, 60),
            KeysStop = fields.Flag("keysStop") ?? true,
            Pattern = fields.Pattern("pattern", options.PatternTimeout),
            IsSecret = fields.Flag("secret") ?? false,
            Patience = ReadPatience(fields),
            Next = fields.Step("next"),
        };
    }

    private static IvrPatience ReadPatience(IvrFields fields) => new()
    {
        Wait = fields.Seconds("wait", 7, 0.2, 120),
        Tries = fields.Number("tries", 3, 1, 10),
        InvalidPrompt = fields.Prompt("invalidPrompt"),
        SilentPrompt = fields.Prompt("silentPrompt"),
        OnInvalid = fields.Step("onInvalid"),
        OnSilent = fields.Step("onSilent"),
    };

    private static IvrStep.Http ReadHttp(string id, IvrFields fields, IvrOptions options)
    {
        var url = fields.Template("url", isRequired: true);
        var host = url.IndexOf("://", StringComparison.Ordinal) is > 0 and var at ? url[(at + 3)..].Split('/', '?')[0] : "";
        if (!Uri.TryCreate(url.Replace("${", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || IvrText.HasVariables(host) || host.Contains('@', StringComparison.Ordinal))
            fields.Refuse("url", "an http or https address is expected, with variables only behind the host");
        var method = fields.Text("method", "POST", 8);
        if (method is not ("GET" or "POST"))
            fields.Refuse("method", "GET or POST is expected");
        var save = fields.Map("save");
        return new IvrStep.Http(id, url)
        {
            IsPost = method == "POST",
            Timeout = fields.Seconds("timeout", 5, 0.2, options.MaxWebTimeout.TotalSeconds),
            Save = save.ToFrozenDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal),
            Meanwhile = fields.Prompt("meanwhile", mayLoop: true),
            OnError = fields.Step("onError"),
            MayLeadTo = fields.Texts("mayLeadTo", 100) ?? [],
            Next = fields.Step("next"),
        };
    }

    private static IvrStep.Transfer ReadTransfer(string id, string kind, IvrFields fields, string to)
    {
        if (to.Length > 0 && !IvrText.HasVariables(to) && !Destination.TryParse(to, out _, out var problem))
            fields.Refuse(kind switch { "queue" => "queue", "voicemail" => "mailbox", "conference" => "room", _ => "to" }, problem);
        return new IvrStep.Transfer(id, kind, to)
        {
            Timeout = fields.Seconds("timeout", 30, 1, 600),
            Meanwhile = fields.Prompt("meanwhile", mayLoop: true),
            AllowOutside = fields.Flag("allowOutside") ?? false,
            OnBusy = fields.Step("onBusy"),
            OnNoAnswer = fields.Step("onNoAnswer"),
            OnFailed = fields.Step("onFailed"),
        };
    }

    private static IvrStep.SubFlow ReadSubFlow(string id, IvrFields fields)
    {
        var flow = fields.Text("flow", isRequired: true, max: 64);
        if (flow.Length > 0 && !IsName(flow))
            fields.Refuse("flow", "the name of a flow is expected");
        return new IvrStep.SubFlow(id, flow) { Next = fields.Step("next") };
    }

    private static string ReadKeys(IvrFields fields, string name, string missing)
    {
        var keys = fields.Text(name, missing, 16);
        if (keys.Any(key => !AllKeys.Contains(key, StringComparison.Ordinal)))
            fields.Refuse(name, "keys are expected: 0 to 9, *, #, A to D");
        return keys;
    }

    private static IvrStep.Branch? ReadBranch(string id, IvrFields fields, List<FieldProblem> problems, IvrOptions options)
    {
        var otherwise = fields.Step("otherwise");
        if (fields.Take("cases") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() is 0 or > 100)
        {
            fields.Refuse("cases", "a list of 1 to 100 cases is expected");
            return null;
        }

        var cases = new List<(IvrCondition, string?)>();
        var index = 0;
        foreach (var one in list.EnumerateArray())
        {
            var inner = new IvrFields(one, fields.PathOf($"cases[{index++}]"), problems);
            var next = inner.Step("next");
            cases.Add((ReadCondition(inner, options), next));
            inner.Finish();
        }

        return new IvrStep.Branch(id, cases) { Next = otherwise };
    }

    private static IvrCondition ReadCondition(IvrFields fields, IvrOptions options)
    {
        var digits = fields.Texts("digits", 100);
        var variable = fields.Variable("variable", digits is null ? "" : "digits");
        var equal = fields.Texts("equals", 100);
        if (digits is not null && equal is not null)
            fields.Refuse("equals", "either digits or equals is expected");
        var condition = new IvrCondition
        {
            Variable = variable,
            OneOf = digits ?? equal,
            Matches = fields.Pattern("matches", options.PatternTimeout),
            IsSet = fields.Flag("isSet"),
            AtLeast = fields.Decimal("atLeast"),
            AtMost = fields.Decimal("atMost"),
            Caller = fields.Texts("caller", 1_000),
            Called = fields.Texts("called", 1_000),
            Hours = ReadHours(fields),
            Days = ReadDays(fields),
            Dates = ReadDates(fields),
        };
        var looks = condition.OneOf is not null || condition.Matches is not null || condition.IsSet is not null || condition.AtLeast is not null || condition.AtMost is not null;
        if (looks && variable.Length == 0)
            fields.Refuse("variable", "the variable that is looked at is expected");
        if (!looks && condition is { Caller: null, Called: null, Hours: null, Days: null, Dates: null })
            fields.Refuse("variable", "a case says when it holds: digits, a variable (equals, matches, isSet, atLeast, atMost), caller, called, hours, days or dates");
        return condition;
    }

    private static (TimeOnly, TimeOnly)? ReadHours(IvrFields fields)
    {
        var text = fields.Text("hours", "", 16);
        if (text.Length == 0)
            return null;

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && TryTime(text[..dash], out var from) && TryTime(text[(dash + 1)..], out var to) && from != to)
            return (from, to);

        fields.Refuse("hours", "hours are expected as 09:00-17:30");
        return null;

        static bool TryTime(string text, out TimeOnly time) => TimeOnly.TryParseExact(text.Trim(), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    private static HashSet<DayOfWeek>? ReadDays(IvrFields fields)
    {
        if (fields.Texts("days", 7) is not { } texts)
            return null;

        var days = new HashSet<DayOfWeek>();
        foreach (var text in texts)
        {
            var dash = text.IndexOf('-', StringComparison.Ordinal);
            if (TryDay(dash < 0 ? text : text[..dash], out var first) && TryDay(dash < 0 ? text : text[(dash + 1)..], out var last))
            {
                for (var day = first; ; day = (DayOfWeek)(((int)day + 1) % 7))
                {
                    days.Add(day);
                    if (day == last)
                        break;
                }
            }
            else
            {
                fields.Refuse("days", "days are expected as mon, tue, wed, thu, fri, sat, sun, or mon-fri");
            }
        }

        return days;

        static bool TryDay(string text, out DayOfWeek day)
        {
            var index = Array.IndexOf(["sun", "mon", "tue", "wed", "thu", "fri", "sat"], text.Trim().ToLowerInvariant());
            day = (DayOfWeek)Math.Max(index, 0);
            return index >= 0;
        }
    }

    private static List<(DateOnly, DateOnly)>? ReadDates(IvrFields fields)
    {
        if (fields.Texts("dates", 366) is not { } texts)
            return null;

        var dates = new List<(DateOnly, DateOnly)>();
        foreach (var text in texts)
        {
            var dots = text.IndexOf("..", StringComparison.Ordinal);
            if (TryDate(dots < 0 ? text : text[..dots], out var first) && TryDate(dots < 0 ? text : text[(dots + 2)..], out var last) && first <= last)
                dates.Add((first, last));
            else
                fields.Refuse("dates", "dates are expected as 2026-12-24 or 2026-12-24..2026-12-26");
        }

        return dates;

        static bool TryDate(string text, out DateOnly date) => DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }
}
