using System.Globalization;
using System.Text;

namespace Tandem.Server.Logging;

/// <summary>Makes text from outside safe to print: no control characters, a bounded length.</summary>
public static class LogSafe
{
    /// <summary>The text on one line: control characters and line separators as <c>\u000A</c>, cut after <paramref name="maxLength"/> characters.</summary>
    public static string OneLine(string text, int maxLength = 1_000)
    {
        var needs = text.Length > maxLength;
        foreach (var c in text)
            needs |= IsUnsafe(c);

        if (!needs)
            return text;

        var built = new StringBuilder(Math.Min(text.Length, maxLength) + 16);
        foreach (var c in text)
        {
            if (built.Length >= maxLength)
            {
                built.Append('…');
                break;
            }

            if (IsUnsafe(c))
                built.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                built.Append(c);
        }

        return built.ToString();
    }

    private static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202E' or '\u202D' or '\u2066' or '\u2067' or '\u2068' or '\u202A' or '\u202B';
}
