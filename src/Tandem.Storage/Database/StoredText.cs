using System.Text;

namespace Tandem.Storage.Database;

/// <summary>
/// Makes any text storable: PostgreSQL refuses NUL and neither database takes half a surrogate pair, and both can come
/// from an escaped SIP URI. A write must never fail for what a stranger sent.
/// </summary>
internal static class StoredText
{
    private const int MaximumLength = 1024;

    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";

        if (text.Length <= MaximumLength && IsClean(text))
            return text;

        var result = new StringBuilder(Math.Min(text.Length, MaximumLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (result.Length + rune.Utf16SequenceLength > MaximumLength)
                break;

            result.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }

        return result.ToString();
    }

    private static bool IsClean(string text)
    {
        foreach (var c in text)
        {
            if (c == 0 || char.IsSurrogate(c))
                return false;
        }

        return true;
    }
}
