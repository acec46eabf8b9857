using System.Text;

namespace Tandem.Server.Options;

/// <summary>
/// Reads a <c>.env</c> file: <c>NAME=VALUE</c> a line, <c>#</c> comments, an optional <c>export</c>, values bare, in single quotes
/// (taken as they stand) or in double quotes (with <c>\n</c>, <c>\t</c>, <c>\"</c>, <c>\\</c>).
/// </summary>
public static class DotEnvFile
{
    /// <summary>Parses <paramref name="text"/>; a line that cannot be read goes to <paramref name="errors"/>.</summary>
    public static IReadOnlyList<SettingInput> Parse(string text, string fileName, ICollection<string> errors)
    {
        var inputs = new List<SettingInput>();
        var number = 0;
        foreach (var raw in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;

            if (line.StartsWith("export ", StringComparison.Ordinal))
                line = line["export ".Length..].TrimStart();

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var name = equals > 0 ? line[..equals].TrimEnd() : "";
            if (!IsName(name) || !TryReadValue(line[(equals + 1)..].TrimStart(), out var value))
            {
                // The line itself is not shown: it may hold a secret.
                errors.Add($"{fileName} line {number} is not accepted: NAME=VALUE, a value with spaces or # in quotes");
                continue;
            }

            inputs.Add(new SettingInput(name, value, $"{fileName} line {number}"));
        }

        return inputs;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool TryReadValue(string text, out string value)
    {
        value = "";
        if (text.Length == 0)
            return true;

        return text[0] switch
        {
            '\'' => TryReadSingleQuoted(text, out value),
            '"' => TryReadDoubleQuoted(text, out value),
            _ => ReadBare(text, out value),
        };
    }

    private static bool ReadBare(string text, out string value)
    {
        var comment = text[0] == '#' ? 0 : text.IndexOf(" #", StringComparison.Ordinal);
        value = (comment < 0 ? text : text[..comment]).TrimEnd();
        return true;
    }

    private static bool TryReadSingleQuoted(string text, out string value)
    {
        var end = text.IndexOf('\'', 1);
        value = end < 0 ? "" : text[1..end];
        return end > 0 && IsRestOfLine(text[(end + 1)..]);
    }

    private static bool TryReadDoubleQuoted(string text, out string value)
    {
        var built = new StringBuilder(text.Length);
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                value = built.ToString();
                return IsRestOfLine(text[(i + 1)..]);
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                built.Append(text[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
                continue;
            }

            built.Append(text[i]);
        }

        value = "";
        return false;
    }

    private static bool IsRestOfLine(string rest)
    {
        rest = rest.TrimStart();
        return rest.Length == 0 || rest[0] == '#';
    }
}
