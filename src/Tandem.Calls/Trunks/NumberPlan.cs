namespace Tandem.Calls.Trunks;

/// <summary>How numbers are dialled where a profile belongs, and how its provider wants them (ITU-T E.164). Pure.</summary>
/// <param name="CountryCode">For example <c>49</c>; empty: only international numbers can be dialled.</param>
/// <param name="NationalPrefix">Dialled before a national number, for example <c>0</c>; empty where there is none.</param>
/// <param name="InternationalPrefix">Dialled before a country code, for example <c>00</c> or <c>011</c>.</param>
/// <param name="Format">How the provider wants numbers.</param>
public sealed record NumberPlan(string CountryCode = "", string NationalPrefix = "0", string InternationalPrefix = "00", NumberFormat Format = NumberFormat.E164)
{
    private const int LongestE164 = 15;
    private const int ShortestE164 = 5;
    private const int LongestShortCode = 6;

    // With a country code in front a national number has at least this many digits after it: below that the digits are no country code.
    private const int ShortestSubscriber = 7;

    public static readonly NumberPlan Default = new();

    /// <summary>True for <c>+</c> and 5 to 15 digits of which the first is not 0.</summary>
    public static bool IsE164(ReadOnlySpan<char> text) =>
        text.Length > ShortestE164 && text.Length <= LongestE164 + 1 && text[0] == '+' && text[1] != '0' && !text[1..].ContainsAnyExceptInRange('0', '9');

    /// <summary>What a user of the exchange dialled; false when it is no number of the outside world.</summary>
    public bool TryReadDialled(string text, out DialledNumber number)
    {
        number = default;
        var digits = Strip(text);
        if (digits.Length == 0)
            return false;
        if (TryReadInternational(digits, out var e164))
        {
            number = new DialledNumber(e164, digits);
            return true;
        }

        if (digits[0] == '+')
            return false;

        if (digits.Length <= LongestShortCode)
        {
            number = new DialledNumber("+" + CountryCode + digits, digits, IsShort: true);
            return true;
        }

        if (!TryReadNational(digits, out e164))
            return false;

        number = new DialledNumber(e164, digits);
        return true;
    }

    /// <summary>A number as a provider writes it (of a caller, or one that was called): <c>+49…</c>, <c>0049…</c>, <c>030…</c> or <c>49…</c>; false when it is none.</summary>
    public bool TryReadCarrier(string text, out string e164)
    {
        e164 = "";
        var digits = Strip(text);
        if (digits.Length == 0)
            return false;
        if (TryReadInternational(digits, out e164))
            return true;

        return digits[0] != '+' && digits.Length > LongestShortCode && TryReadNational(digits, out e164);
    }

    /// <summary>A number as the provider of this plan wants it.</summary>
    public string Write(in DialledNumber number)
    {
        if (number.IsShort)
            return number.Dialled;

        return Format == NumberFormat.Dialled ? number.Dialled : Write(number.E164);
    }

    /// <summary>An E.164 number as the provider wants it; anything else stays as it is.</summary>
    public string Write(string e164)
    {
        if (!IsE164(e164))
            return e164;

        return Format switch
        {
            NumberFormat.Digits => e164[1..],
            NumberFormat.International => InternationalPrefix + e164[1..],
            NumberFormat.National when CountryCode.Length > 0 && e164.AsSpan(1).StartsWith(CountryCode) => NationalPrefix + e164[(1 + CountryCode.Length)..],
            NumberFormat.National => InternationalPrefix + e164[1..],
            _ => e164,
        };
    }

    private bool TryReadInternational(string digits, out string e164)
    {
        e164 = digits;
        if (digits[0] != '+')
        {
            if (InternationalPrefix.Length == 0 || !digits.StartsWith(InternationalPrefix, StringComparison.Ordinal))
                return false;

            e164 = "+" + digits[InternationalPrefix.Length..];
        }

        return IsE164(e164);
    }

    private bool TryReadNational(string digits, out string e164)
    {
        if (CountryCode.Length == 0)
            e164 = "+" + digits; // nobody said where we are: it is taken as what it can only be
        else if (NationalPrefix.Length > 0 && digits.StartsWith(NationalPrefix, StringComparison.Ordinal))
            e164 = "+" + CountryCode + digits[NationalPrefix.Length..];
        else if (digits.StartsWith(CountryCode, StringComparison.Ordinal) && digits.Length >= CountryCode.Length + ShortestSubscriber)
            e164 = "+" + digits;
        else if (NationalPrefix.Length == 0)
            e164 = "+" + CountryCode + digits;
        else
            e164 = ""; // a local number: nobody knows of which town
        return IsE164(e164);
    }

    // What people write between digits (RFC 3966 §5.1.1); empty when there is anything else.
    private static string Strip(string text)
    {
        if (text.Length is 0 or > 64)
            return "";

        Span<char> digits = stackalloc char[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c) || (c == '+' && length == 0))
                digits[length++] = c;
            else if (c is not ('-' or '.' or '(' or ')' or ' '))
                return "";
        }

        return new string(digits[..length]);
    }
}
