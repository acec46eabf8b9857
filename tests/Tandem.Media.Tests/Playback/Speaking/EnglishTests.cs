using Tandem.Media.Playback.Prompts;

namespace Tandem.Media.Playback.Speaking;

public sealed class EnglishTests
{
    private static readonly SpokenLanguage English = SpokenLanguages.Find("en-GB")!;

    [Theory]
    [InlineData(0, "number-0")]
    [InlineData(7, "number-7")]
    [InlineData(13, "number-13")]
    [InlineData(20, "number-20")]
    [InlineData(21, "number-20 number-1")]
    [InlineData(42, "number-40 number-2")]
    [InlineData(100, "number-1 hundred")]
    [InlineData(115, "number-1 hundred number-15")]
    [InlineData(999, "number-9 hundred number-90 number-9")]
    [InlineData(1_000, "number-1 thousand")]
    [InlineData(12_345, "number-12 thousand number-3 hundred number-40 number-5")]
    [InlineData(1_000_001, "number-1 million number-1")]
    [InlineData(2_000_000_000, "number-2 billion")]
    [InlineData(-5, "minus number-5")]
    [InlineData(long.MinValue, "minus number-9 million number-2 hundred number-20 number-3 thousand number-3 hundred number-70 number-2 trillion number-30 number-6 billion number-8 hundred number-50 number-4 million number-7 hundred number-70 number-5 thousand number-8 hundred number-8")]
    public void Numbers(long value, string expected) => Same(expected, English.Number(value));

    [Theory]
    [InlineData("3.14", "number-3 point number-1 number-4")]
    [InlineData("0.05", "number-0 point number-0 number-5")]
    [InlineData("-12.50", "minus number-12 point number-5")]
    [InlineData("7", "number-7")]
    [InlineData("79228162514264337593543950335", "number-7 number-9 number-2 number-2 number-8 number-1 number-6 number-2 number-5 number-1 number-4 number-2 number-6 number-4 number-3 number-3 number-7 number-5 number-9 number-3 number-5 number-4 number-3 number-9 number-5 number-0 number-3 number-3 number-5")]
    public void Decimals(string value, string expected) => Same(expected, English.Decimal(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(1, "ordinal-1")]
    [InlineData(12, "ordinal-12")]
    [InlineData(20, "ordinal-20")]
    [InlineData(31, "number-30 ordinal-1")]
    [InlineData(100, "number-1 ordinal-hundred")]
    [InlineData(105, "number-1 hundred ordinal-5")]
    [InlineData(2_000, "number-2 ordinal-thousand")]
    public void Ordinals(long value, string expected) => Same(expected, English.Ordinal(value));

    [Theory]
    [InlineData("2026-11-21", null, "month-11 number-20 ordinal-1 number-20 number-20 number-6")]
    [InlineData("2026-11-21", "2026-01-01", "month-11 number-20 ordinal-1")]
    [InlineData("2005-03-03", null, "month-3 ordinal-3 number-2 thousand number-5")]
    [InlineData("2000-01-01", null, "month-1 ordinal-1 number-2 thousand")]
    [InlineData("1905-12-31", null, "month-12 number-30 ordinal-1 number-19 oh number-5")]
    [InlineData("1900-06-20", null, "month-6 ordinal-20 number-19 hundred")]
    public void Dates(string date, string? today, string expected) =>
        Same(expected, English.Date(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture), today is null ? null : DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0, 0, "midnight")]
    [InlineData(12, 0, "noon")]
    [InlineData(0, 5, "number-12 oh number-5 am")]
    [InlineData(9, 0, "number-9 oclock am")]
    [InlineData(13, 30, "number-1 number-30 pm")]
    [InlineData(12, 45, "number-12 number-40 number-5 pm")]
    [InlineData(23, 59, "number-11 number-50 number-9 pm")]
    public void Times(int hour, int minute, string expected) => Same(expected, English.Time(new TimeOnly(hour, minute)));

    [Theory]
    [InlineData(21, "today at number-3 oclock pm")]
    [InlineData(20, "yesterday at number-3 oclock pm")]
    [InlineData(22, "tomorrow at number-3 oclock pm")]
    [InlineData(16, "weekday-1 at number-3 oclock pm")]
    [InlineData(15, "weekday-7 at number-3 oclock pm")]
    [InlineData(14, "month-11 ordinal-14 at number-3 oclock pm")]
    [InlineData(23, "month-11 number-20 ordinal-3 at number-3 oclock pm")]
    public void Moments(int day, string expected) => Same(expected, English.Moment(new DateTime(2026, 11, day, 15, 0, 0), new DateOnly(2026, 11, 21)));

    [Theory]
    [InlineData(0, "number-0 seconds")]
    [InlineData(1, "number-1 second")]
    [InlineData(60, "number-1 minute")]
    [InlineData(3_725, "number-1 hour number-2 minutes number-5 seconds")]
    [InlineData(90_000, "number-1 day number-1 hour")]
    [InlineData(-5, "number-0 seconds")]
    public void Durations(double seconds, string expected) => Same(expected, English.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("12.50", "USD", "number-12 dollars and number-50 cents")]
    [InlineData("1.01", "eur", "number-1 euro and number-1 cent")]
    [InlineData("0.99", "GBP", "number-90 number-9 pence")]
    [InlineData("0", "USD", "number-0 dollars")]
    [InlineData("-3", "CHF", "minus number-3 francs")]
    [InlineData("99.995", "USD", "number-1 hundred dollars")]
    [InlineData("99.5", "JPY", "number-1 hundred yen")]
    [InlineData("5", "XYZ", null)]
    [InlineData("79228162514264337593543950335", "USD", null)]
    public void Amounts(string amount, string currency, string? expected)
    {
        var said = English.Amount(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency);
        if (expected is null)
            Assert.Null(said);
        else
            Same(expected, said!);
    }

    [Fact]
    public void Spelling()
    {
        Same("letter-a letter-b number-1 sign-star sign-hash sign-plus sign-dash sign-dot sign-at sign-slash sign-underscore sign-space", English.Spell("aB1*#+-.@/_ ", out _)!);
        Assert.Null(English.Spell("aé", out var unknown));
        Assert.Equal('é', unknown);
        Assert.Null(English.Spell("", out unknown));
        Assert.Equal('\0', unknown);
        Assert.Null(English.Spell(new string('1', 65), out unknown));
        Assert.Equal('\0', unknown);
    }

    [Fact]
    public void Languages_are_found_by_their_tag()
    {
        Assert.Equal("en", English.Tag);
        Assert.Null(SpokenLanguages.Find("xx"));
    }

    // Whatever is said must be there to be heard.
    private static void Same(string expected, IReadOnlyList<string> names)
    {
        Assert.Equal(expected, string.Join(' ', names));
        Assert.All(names, name => Assert.True(BuiltInPrompts.Has("en", name), $"there is no prompt {name}"));
    }
}
