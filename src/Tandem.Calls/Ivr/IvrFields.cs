using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ivr;

/// <summary>Reads one object of a document: each field once, each problem under its path; a field that nobody asked for is a problem too.</summary>
internal sealed class IvrFields
{
    // As much of a name as is told: enough to find it.
    private const int MaxName = 64;

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly List<FieldProblem> _problems;
    private readonly string _path;

    public IvrFields(JsonElement element, string path, List<FieldProblem> problems)
    {
        _path = path;
        _problems = problems;
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new FieldProblem(path.Length > 0 ? path : "document", "an object is expected"));
            return;
        }

        foreach (var field in element.EnumerateObject())
        {
            if (!_fields.TryAdd(field.Name, field.Value))
                Refuse(field.Name, "it is there twice");
        }
    }

    /// <summary>Notes a problem of a field.</summary>
    public void Refuse(string field, string expected) => _problems.Add(new FieldProblem(PathOf(field), expected));

    /// <summary>The path of a field.</summary>
    public string PathOf(string field)
    {
        var name = field.Length switch
        {
            0 => "''",
            > MaxName => field[..MaxName],
            _ => field,
        };
        return _path.Length > 0 ? $"{_path}.{name}" : name;
    }

    /// <summary>The raw field; null when it is missing or null.</summary>
    public JsonElement? Take(string name)
    {
        _used.Add(name);
        return _fields.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public string Text(string name, string missing = "", int max = 512, bool isRequired = false)
    {
        switch (Take(name))
        {
            case { ValueKind: JsonValueKind.String } value when value.GetString()!.Length <= max:
                if (isRequired && value.GetString()!.Length == 0)
                    Refuse(name, "it must not be empty");
                return value.GetString()!;
            case { ValueKind: JsonValueKind.Number } value when value.GetRawText().Length <= max:
                return value.GetRawText(); // a YAML author writes digits without quotes
            case null when !isRequired:
                return missing;
            default:
                Refuse(name, $"a text of at most {max} characters is expected");
                return missing;
        }
    }

    /// <summary>A text in which variables may stand.</summary>
    public string Template(string name, string missing = "", bool isRequired = false)
    {
        var text = Text(name, missing, IvrText.MaxLength, isRequired);
        if (IvrText.Names(text) is null)
            Refuse(name, "${name} stands for a variable: a small letter, then small letters, digits and underscores");
        return text;
    }

    public int Number(string name, int missing, int min, int max)
    {
        if (Take(name) is not { } value)
            return missing;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
            return number;

        Refuse(name, $"a number of {min} to {max} is expected");
        return missing;
    }

    /// <summary>A time in seconds, with decimals.</summary>
    public TimeSpan Seconds(string name, double missing, double min, double max)
    {
        if (Take(name) is not { } value)
            return TimeSpan.FromSeconds(missing);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds >= min && seconds <= max)
            return TimeSpan.FromSeconds(seconds);

        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"a number of {min} to {max} seconds is expected"));
        return TimeSpan.FromSeconds(missing);
    }

    public decimal? Decimal(string name)
    {
        if (Take(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number))
            return number;

        Refuse(name, "a number is expected");
        return null;
    }

    public bool? Flag(string name)
    {
        switch (Take(name))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.True }:
                return true;
            case { ValueKind: JsonValueKind.False }:
                return false;
            default:
                Refuse(name, "true or false is expected");
                return null;
        }
    }

    /// <summary>A list of texts, or one text for a list of one.</summary>
    public IReadOnlyList<string>? Texts(string name, int most)
    {
        if (Take(name) is not { } value)
            return null;
        if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            return [TextOf(value)];

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is > 0 and var length && length <= most
            && value.EnumerateArray().All(one => one.ValueKind is JsonValueKind.String or JsonValueKind.Number))
            return [.. value.EnumerateArray().Select(TextOf)];

        Refuse(name, $"a text, or a list of 1 to {most} texts is expected");
        return null;
    }

    /// <summary>A prompt: one piece or a list of pieces.</summary>
    public IvrPrompt? Prompt(string name, bool isRequired = false, bool mayLoop = false)
    {
        if (Texts(name, Calls.Programs.Prompt.MaxParts) is not { } pieces)
        {
            if (isRequired && !_fields.ContainsKey(name))
                Refuse(name, "what is to be played is expected");
            return null;
        }

        foreach (var piece in pieces)
        {
            if (IvrText.Names(piece) is null || piece.Length > IvrText.MaxLength)
            {
                Refuse(name, "${name} stands for a variable: a small letter, then small letters, digits and underscores");
                return null;
            }
        }

        if (pieces.Any(IvrText.HasVariables))
        {
            if (mayLoop)
                Refuse(name, "one sound, tone or list of music without variables is expected");
            return new IvrPrompt(pieces, null);
        }

        if (!Calls.Programs.Prompt.TryParse(pieces, out var prompt, out var problem))
        {
            Refuse(name, problem);
            return null;
        }

        if (mayLoop && !prompt.MayLoop)
            Refuse(name, "one sound, tone or list of music is expected, which plays over and over");
        return new IvrPrompt(pieces, prompt);
    }

    /// <summary>The name of a step; whether there is one is checked when all are read.</summary>
    public string? Step(string name, bool isRequired = false) => Text(name, "", 64, isRequired) is { Length: > 0 } step ? step : null;

    /// <summary>The name of a variable.</summary>
    public string Variable(string name, string missing, bool isRequired = false)
    {
        var variable = Text(name, missing, 64, isRequired);
        if (variable.Length > 0 && !IvrVariables.IsName(variable))
            Refuse(name, "a name of a variable is expected: a small letter, then up to 31 small letters, digits and underscores");
        return variable;
    }

    /// <summary>Names of variables and their texts.</summary>
    public IReadOnlyList<(string Name, string Value)> Map(string name, bool isRequired = false)
    {
        if (Take(name) is not { } value)
        {
            if (isRequired)
                Refuse(name, "names and values are expected");
            return [];
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse(name, "names and values are expected");
            return [];
        }

        var map = new List<(string, string)>();
        foreach (var one in value.EnumerateObject())
        {
            var text = one.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? TextOf(one.Value) : null;
            if (!IvrVariables.IsName(one.Name) || text is not { Length: <= IvrVariables.MaxValue } || IvrText.Names(text) is null || map.Count >= IvrVariables.MaxCount)
                Refuse($"{name}.{one.Name}", $"a name of a variable with a text of at most {IvrVariables.MaxValue} characters is expected");
            else
                map.Add((one.Name, text));
        }

        return map;
    }

    /// <summary>A pattern that the whole text must match.</summary>
    public Regex? Pattern(string name, TimeSpan timeout)
    {
        if (Take(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.Length <= 256)
        {
            try
            {
                return new Regex($"^(?:{value.GetString()})\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, timeout);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                Refuse(name, $"a regular expression is expected: {e.Message}");
                return null;
            }
        }

        Refuse(name, "a regular expression of at most 256 characters is expected");
        return null;
    }

    /// <summary>What nobody asked for is not known.</summary>
    public void Finish()
    {
        foreach (var name in _fields.Keys)
        {
            if (!_used.Contains(name))
                Refuse(name, $"it is not known here; known are {string.Join(", ", _used.Order(StringComparer.Ordinal))}");
        }
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
