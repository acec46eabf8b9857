using System.Globalization;

namespace Tandem.Calls.Routing.Rules;

/// <summary>What a calendar says about a moment.</summary>
internal enum CalendarState
{
    Closed,
    Open,
    Holiday,
}

/// <summary>When people are there: hours of the week and holidays, in a time zone. Immutable.</summary>
internal sealed class Calendar
{
    private const int LeapYear = 2000;

    private readonly List<WeekHours> _open = [];
    private readonly List<(DateOnly From, DateOnly To, bool IsYearly, string Name)> _holidays = [];
    private readonly TimeZoneInfo _zone;

    private Calendar(string name, TimeZoneInfo zone)
    {
        Name = name;
        _zone = zone;
    }

    public string Name { get; }

    /// <summary>The calendar, or null and what is wrong with it.</summary>
    public static (Calendar? Calendar, string Problem) Read(CalendarBody body)
    {
        if (!DestinationText.IsName(body.Name))
            return (null, "name: 1 to 64 letters, digits, dots, underlines and dashes are accepted");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(body.TimeZone, out var zone))
            return (null, $"timeZone: {body.TimeZone} is not known; names as Europe/London are accepted");

        if (body.Open.Count == 0 && body.Holidays.Count == 0)
            return (null, "open: hours are needed, or holidays");

        var calendar = new Calendar(body.Name, zone);
        foreach (var hours in body.Open)
        {
            if (WeekHours.Read(hours) is var (read, problem) && read is null)
                return (null, $"open: {problem}");
            calendar._open.Add(read!);
        }

        foreach (var holiday in body.Holidays)
        {
            if (Day(holiday.Date, out var isYearly) is not { } from || (holiday.Until is null ? from : Day(holiday.Until, out _)) is not { } to
                || (holiday.Until is not null && holiday.Until.Length != holiday.Date.Length) || to < from)
                return (null, $"holidays: {holiday.Date} is not accepted; 2026-12-25, or 12-25 for every year, and until in the same form and not before");
            calendar._holidays.Add((from, to, isYearly, holiday.Name));
        }

        return (calendar, "");
    }

    /// <summary>What it says, and the local time and the holiday that it was asked about.</summary>
    public CalendarState At(DateTimeOffset at, out DateTime local, out string holiday)
    {
        local = TimeZoneInfo.ConvertTime(at, _zone).DateTime;
        holiday = "";
        var day = DateOnly.FromDateTime(local);
        foreach (var (from, to, isYearly, name) in _holidays)
        {
            // Days of every year are kept in a leap year.
            var compared = isYearly ? new DateOnly(LeapYear, day.Month, day.Day) : day;
            if (compared < from || compared > to)
                continue;

            holiday = name.Length > 0 ? name : "holiday";
            return CalendarState.Holiday;
        }

        foreach (var hours in _open)
        {
            if (hours.Has(local))
                return CalendarState.Open;
        }

        return CalendarState.Closed;
    }

    private static DateOnly? Day(string text, out bool isYearly)
    {
        isYearly = text.Length == 5;
        var whole = isYearly ? $"{LeapYear}-{text}" : text;
        return DateOnly.TryParseExact(whole, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    }
}
