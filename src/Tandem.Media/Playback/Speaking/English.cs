using System.Globalization;

namespace Tandem.Media.Playback.Speaking;

/// <summary>English as spoken on American telephones: short scale, twelve hours, month before day.</summary>
public sealed class English : SpokenLanguage
{
    private static readonly (ulong Value, string Name)[] Scales =
    [
        (1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"),
    ];

    public override string Tag => "en";

    public override IReadOnlyList<string> Number(long value)
    {
        var names = new List<string>();
        AddSigned(names, value);
        return names;
    }

    public override IReadOnlyList<string> Decimal(decimal value)
    {
        var names = new List<string>();
        if (value < 0)
            names.Add("minus");

        // The digits as they are written: no rounding, and zeros at the end stay away.
        var text = Math.Abs(value).ToString("0.############################", CultureInfo.InvariantCulture);
        var point = text.IndexOf('.');
        var whole = decimal.Truncate(Math.Abs(value));
        if (whole > long.MaxValue)
            AddDigits(names, point < 0 ? text : text[..point]);
        else
            Add(names, (ulong)whole);
        if (point >= 0)
        {
            names.Add("point");
            AddDigits(names, text[(point + 1)..]);
        }

        return names;
    }

    public override IReadOnlyList<string> Ordinal(long value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        var names = new List<string>();
        Add(names, (ulong)value);

        // Only the last word differs.
        var last = names[^1];
        names[^1] = last.StartsWith("number-", StringComparison.Ordinal) ? string.Concat("ordinal-", last.AsSpan("number-".Length)) : "ordinal-" + last;
        return names;
    }

    public override IReadOnlyList<string> Date(DateOnly date, DateOnly? today = null)
    {
        var names = new List<string> { string.Create(CultureInfo.InvariantCulture, $"month-{date.Month}") };
        names.AddRange(Ordinal(date.Day));
        if (today?.Year != date.Year)
            AddYear(names, date.Year);
        return names;
    }

    public override IReadOnlyList<string> Time(TimeOnly time)
    {
        var hour = time.Hour % 12 == 0 ? 12 : time.Hour % 12;
        var names = new List<string> { Digit(hour) };
        if (time.Minute == 0 && time.Hour % 12 == 0)
            return [time.Hour == 0 ? "midnight" : "noon"];

        if (time.Minute is > 0 and < 10)
            names.Add("oh");
        if (time.Minute > 0)
            Add(names, (ulong)time.Minute);
        else
            names.Add("oclock");
        names.Add(time.Hour < 12 ? "am" : "pm");
        return names;
    }

    public override IReadOnlyList<string> Moment(DateTime local, DateOnly today)
    {
        var date = DateOnly.FromDateTime(local);
        var names = new List<string>();
        switch (today.DayNumber - date.DayNumber)
        {
            case 0:
                names.Add("today");
                break;
            case 1:
                names.Add("yesterday");
                break;
            case -1:
                names.Add("tomorrow");
                break;
            case > 1 and < 7:
                names.Add(string.Create(CultureInfo.InvariantCulture, $"weekday-{(date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek)}"));
                break;
            default:
                names.AddRange(Date(date, today));
                break;
        }

        names.Add("at");
        names.AddRange(Time(TimeOnly.FromDateTime(local)));
        return names;
    }

    public override IReadOnlyList<string> Duration(TimeSpan length)
    {
        var names = new List<string>();
        var seconds = (ulong)Math.Max(Math.Round(length.TotalSeconds), 0);
        foreach (var (unit, name) in new[] { (86_400UL, "day"), (3_600UL, "hour"), (60UL, "minute"), (1UL, "second") })
        {
            var count = seconds / unit;
            seconds %= unit;
            if (count == 0 && (unit > 1 || names.Count > 0))
                continue;

            Add(names, count);
            names.Add(count == 1 ? name : name + "s");
        }

        return names;
    }

    public override IReadOnlyList<string>? Amount(decimal amount, string currency)
    {
        (string One, string Many, string Part, string Parts)? units = currency.ToUpperInvariant() switch
        {
            "USD" or "CAD" or "AUD" or "NZD" => ("dollar", "dollars", "cent", "cents"),
            "EUR" => ("euro", "euros", "cent", "cents"),
            "GBP" => ("pound", "pounds", "penny", "pence"),
            "CHF" => ("franc", "francs", "cent", "cents"),
            "DKK" or "NOK" or "SEK" => ("krone", "kroner", "", ""),
            "JPY" => ("yen", "yen", "", ""),
            _ => null,
        };
        if (units is not { } unit)
            return null;

        // To the nearest coin; what has none is said in whole units.
        var hasParts = unit.Part.Length > 0;
        amount = Math.Round(amount, hasParts ? 2 : 0, MidpointRounding.AwayFromZero);
        var absolute = Math.Abs(amount);
        if (absolute > long.MaxValue)
            return null;

        var whole = (ulong)decimal.Truncate(absolute);
        var parts = (ulong)((absolute - whole) * 100);
        var names = new List<string>();
        if (amount < 0)
            names.Add("minus");
        if (whole > 0 || parts == 0)
        {
            Add(names, whole);
            names.Add(whole == 1 ? unit.One : unit.Many);
        }

        if (parts > 0)
        {
            if (whole > 0)
                names.Add("and");
            Add(names, parts);
            names.Add(parts == 1 ? unit.Part : unit.Parts);
        }

        return names;
    }

    private static void AddSigned(List<string> names, long value)
    {
        if (value < 0)
            names.Add("minus");
        Add(names, value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value);
    }

    private static void Add(List<string> names, ulong value)
    {
        foreach (var (scale, name) in Scales)
        {
            if (value < scale)
                continue;

            Add(names, value / scale);
            names.Add(name);
            value %= scale;
            if (value == 0)
                return;
        }

        if (value >= 100)
        {
            names.Add(Digit((long)(value / 100)));
            names.Add("hundred");
            value %= 100;
            if (value == 0)
                return;
        }

        if (value > 20 && value % 10 != 0)
        {
            names.Add(Digit((long)(value / 10 * 10)));
            value %= 10;
        }

        names.Add(Digit((long)value));
    }

    // 2026 as "twenty twenty six", 1905 as "nineteen oh five", 2005 as "two thousand five", 1900 as "nineteen hundred".
    private static void AddYear(List<string> names, int year)
    {
        if (year is < 1_000 or (>= 2_000 and < 2_010) || year % 1_000 == 0)
        {
            Add(names, (ulong)year);
            return;
        }

        Add(names, (ulong)year / 100);
        if (year % 100 == 0)
        {
            names.Add("hundred");
            return;
        }

        if (year % 100 < 10)
            names.Add("oh");
        Add(names, (ulong)year % 100);
    }

    private static void AddDigits(List<string> names, string digits)
    {
        foreach (var digit in digits)
            names.Add(Digit(digit - '0'));
    }
}
