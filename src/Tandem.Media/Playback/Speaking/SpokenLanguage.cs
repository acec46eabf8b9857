namespace Tandem.Media.Playback.Speaking;

/// <summary>
/// How a language says numbers, dates and the like: each method gives the names of prompts in the order in which they are played. A language is one class; its
/// prompts are a set of files with those names.
/// </summary>
public abstract class SpokenLanguage
{
    /// <summary>Most characters of a text that is spelled.</summary>
    public const int MaxSpelled = 64;

    /// <summary>The tag of the language (RFC 5646): <c>en</c>.</summary>
    public abstract string Tag { get; }

    /// <summary>A whole number: 42 as "forty two".</summary>
    public abstract IReadOnlyList<string> Number(long value);

    /// <summary>A number with decimals, which are said one by one: 3.14 as "three point one four".</summary>
    public abstract IReadOnlyList<string> Decimal(decimal value);

    /// <summary>A place in an order, from 1 on: 21 as "twenty first".</summary>
    public abstract IReadOnlyList<string> Ordinal(long value);

    /// <summary>A day; the year is left out when it is that of <paramref name="today"/>.</summary>
    public abstract IReadOnlyList<string> Date(DateOnly date, DateOnly? today = null);

    /// <summary>A time of day, in hours and minutes.</summary>
    public abstract IReadOnlyList<string> Time(TimeOnly time);

    /// <summary>A moment: "today", "yesterday", the weekday within a week, else the date; and the time.</summary>
    public abstract IReadOnlyList<string> Moment(DateTime local, DateOnly today);

    /// <summary>A length of time in days, hours, minutes and seconds.</summary>
    public abstract IReadOnlyList<string> Duration(TimeSpan length);

    /// <summary>An amount of money, with its cents; null when the currency (ISO 4217) has no prompts.</summary>
    public abstract IReadOnlyList<string>? Amount(decimal amount, string currency);

    /// <summary>
    /// Digits, letters and signs one by one, as in an extension or a name; null with the first character that has no prompt in <paramref name="unknown"/>, or when the text is empty or
    /// longer than <see cref="MaxSpelled"/> (then it is '\0').
    /// </summary>
    public IReadOnlyList<string>? Spell(string text, out char unknown)
    {
        unknown = '\0';
        if (text.Length is 0 or > MaxSpelled)
            return null;

        var names = new List<string>(text.Length);
        foreach (var one in text)
        {
            if (NameOf(one) is not { } name)
            {
                unknown = one;
                return null;
            }

            names.Add(name);
        }

        return names;
    }

    /// <summary>The prompt of one digit, letter or sign; null when there is none.</summary>
    protected virtual string? NameOf(char one) => one switch
    {
        >= '0' and <= '9' => Digit(one - '0'),
        >= 'a' and <= 'z' => "letter-" + one,
        >= 'A' and <= 'Z' => "letter-" + (char)(one | 0x20),
        '*' => "sign-star",
        '#' => "sign-hash",
        '+' => "sign-plus",
        '-' => "sign-dash",
        '.' => "sign-dot",
        '@' => "sign-at",
        '/' => "sign-slash",
        '_' => "sign-underscore",
        ' ' => "sign-space",
        _ => null,
    };

    /// <summary>The prompt of a number that has one of its own.</summary>
    protected static string Digit(long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"number-{number}");
}
