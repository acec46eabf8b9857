using System.Diagnostics.CodeAnalysis;

namespace Tandem.Calls.Routing;

/// <summary>Numbers of two to six digits in the ways in which phones write them: <c>112</c>, <c>+112</c>, <c>1-1-2</c>, <c>112;phone-context=+49</c> (RFC 3966 §3, RFC 3261 §19.1.6). Pure.</summary>
internal static class ShortNumber
{
    private const int Longest = 6;

    /// <summary>The digits of a number that is written with more than these; false when it is nothing but digits, or no such number.</summary>
    /// <param name="text">What was dialled, unescaped.</param>
    /// <param name="digits">Two to six digits.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? digits)
    {
        digits = null;
        if (text.Length is < 3 or > 64 || !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return false;

        Span<char> read = stackalloc char[Longest];
        var length = 0;
        for (var i = 0; i < text.Length && text[i] != ';'; i++)
        {
            var c = text[i];
            if (c is '-' or '.' or '(' or ')' or ' ' || (c == '+' && i == 0))
                continue;
            if (!char.IsAsciiDigit(c) || length == Longest)
                return false;

            read[length++] = c;
        }

        // With + and five digits it is a number of another country (ITU-T E.164).
        if (length < 2 || (text[0] == '+' && Trunks.NumberPlan.IsE164("+" + new string(read[..length]))))
            return false;

        digits = new string(read[..length]);
        return true;
    }
}
