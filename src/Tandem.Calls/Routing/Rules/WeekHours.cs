using System.Globalization;

namespace Tandem.Calls.Routing.Rules;

/// <summary>Hours of some days of the week. Immutable.</summary>
internal sealed class WeekHours
{
    private const int MinutesOfDay = 24 * 60;

    private readonly bool[] _days;
    private readonly int _from;
    private readonly int _to;

    private WeekHours(bool[] days, int from, int to)
    {
        _days = days;
        _from = from;
        _to = to;
    }

    /// <summary>The hours, or null and what is accepted.</summary>
    public static (WeekHours? Hours, string Problem) Read(HoursBody body)
    {
        var days = new bool[7];
        if (body.Days is null)
            Array.Fill(days, true);
        foreach (var name in body.Days ?? [])
        {
            if (!Enum.TryParse<DayOfWeek>(name, ignoreCase: true, out var day) || !Enum.IsDefined(day) || char.IsAsciiDigit(name[0]))
                return (null, $"{name} is no day: Monday to Sunday are accepted");
            days[(int)day] = true;
        }

        return Minutes(body.From) is { } from && Minutes(body.To) is { } to && from < MinutesOfDay && from != to
            ? (new WeekHours(days, from, to), "")
            : (null, "from and to are accepted as 09:00 and 18:00, to 24:00 for the end of the day");
    }

    /// <summary>True at a local time. Hours that go past midnight belong to the day that they begin on.</summary>
    public bool Has(DateTime local)
    {
        var minute = (local.Hour * 60) + local.Minute;
        var day = (int)local.DayOfWeek;
        return _from < _to
            ? _days[day] && minute >= _from && minute < _to
            : (_days[day] && minute >= _from) || (_days[(day + 6) % 7] && minute < _to);
    }

    private static int? Minutes(string? text)
    {
        if (text == "24:00")
            return MinutesOfDay;

        return TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? (time.Hour * 60) + time.Minute : null;
    }
}
