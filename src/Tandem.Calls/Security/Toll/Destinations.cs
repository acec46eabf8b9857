namespace Tandem.Calls.Security.Toll;

/// <summary>Reads the entries of a rule set: country codes, prefixes, <c>home</c> and <c>*</c>.</summary>
public static class Destinations
{
    /// <summary>The longest number of E.164 (ITU-T E.164 §6.2.1).</summary>
    public const int MostDigits = 15;

    private const int LeastDigits = 4;
    private const int NoMatch = -1;

    /// <summary>The digits of an E.164 number with its plus sign; empty when it is none.</summary>
    public static ReadOnlySpan<char> Digits(string number) =>
        number.Length is > LeastDigits and <= MostDigits + 1 && number[0] == '+' && number[1] != '0' && IsDigits(number.AsSpan(1)) ? number.AsSpan(1) : default;

    /// <summary>1 to 15 digits that do not begin with 0.</summary>
    public static bool IsPrefix(string entry) => entry.Length is > 0 and <= MostDigits && entry[0] != '0' && IsDigits(entry);

    /// <summary>Something that a list of destinations may hold.</summary>
    public static bool IsEntry(string entry) => entry is "home" or "*" || IsPrefix(entry) || CountryCodes.IsCountry(entry);

    /// <summary>
    /// How closely a list fits a number: the length of the longest entry that does, where a country counts as the prefix that told
    /// it; 0 for <c>*</c>, and -1 when nothing fits.
    /// </summary>
    public static int Fit(IReadOnlyList<string> entries, ReadOnlySpan<char> digits, string home)
    {
        var country = CountryCodes.Of(digits, out var length);
        var best = NoMatch;
        foreach (var entry in entries)
        {
            var fit = entry switch
            {
                "*" => 0,
                "home" => country.Length > 0 && country == home ? length : NoMatch,
                _ when char.IsAsciiDigit(entry[0]) => digits.StartsWith(entry) ? entry.Length : NoMatch,
                _ => country == entry ? length : NoMatch,
            };
            best = Math.Max(best, fit);
        }

        return best;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
