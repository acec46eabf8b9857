using System.Text;

namespace Tandem.Calls.Ivr;

/// <summary>Texts in which <c>${name}</c> stands for a variable. Pure.</summary>
public static class IvrText
{
    /// <summary>The longest text that filling makes; what is longer is cut.</summary>
    public const int MaxLength = 2_048;

    /// <summary>True when a variable stands in the text.</summary>
    public static bool HasVariables(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>The names of the variables, and null when a <c>${</c> is not closed or holds no name.</summary>
    public static IReadOnlyList<string>? Names(string text)
    {
        var names = new List<string>();
        for (var at = 0; (at = text.IndexOf("${", at, StringComparison.Ordinal)) >= 0;)
        {
            var end = text.IndexOf('}', at);
            if (end < 0 || !IvrVariables.IsName(text.AsSpan(at + 2, end - at - 2)))
                return null;

            names.Add(text[(at + 2)..end]);
            at = end;
        }

        return names;
    }

    /// <summary>The text with the values; a variable that is not set is empty. What is filled in is not read again.</summary>
    public static string Fill(string text, IvrVariables variables)
    {
        if (!HasVariables(text))
            return text;

        var filled = new StringBuilder();
        var at = 0;
        while (filled.Length < MaxLength && text.IndexOf("${", at, StringComparison.Ordinal) is >= 0 and var next && text.IndexOf('}', next) is > 0 and var end)
        {
            filled.Append(text, at, next - at).Append(variables[text[(next + 2)..end]]);
            at = end + 1;
        }

        filled.Append(text, at, text.Length - at);
        return filled.Length > MaxLength ? filled.ToString(0, MaxLength) : filled.ToString();
    }
}
