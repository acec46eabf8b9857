using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Rules;

namespace Tandem.Calls.Tests.Routing.Rules;

public class RoutingCompilerTests
{
    [Fact]
    public void A_document_that_is_right_has_no_problems()
    {
        var (table, problems) = RoutingCompiler.Compile(new RoutingDocument
        {
            Numbering = new NumberingBody { CountryCode = "44" },
            Rules = [Rule("front", "group:sales", "100") with { Calendar = "office" }, Rule("night", "reject:480", "100") with { Priority = 200 }],
            Groups = [new GroupBody { Name = "sales", Members = ["101", "102"] }],
            Calendars = [new CalendarBody { Name = "office", TimeZone = "Europe/London", Open = [new HoursBody { From = "09:00", To = "17:30" }] }],
        });
        Assert.Empty(problems);
        Assert.Equal("+442079460000", table!.Normalize("02079460000"));
    }

    [Fact]
    public void What_cannot_work_is_named()
    {
        var (table, problems) = RoutingCompiler.Compile(new RoutingDocument
        {
            Rules =
            [
                Rule("a b", "100"), Rule("twice", "100"), Rule("twice", "100"), Rule("pattern", "100", "abc"), Rule("nowhere", "moon:1"),
                Rule("calendar", "100") with { Calendar = "none" }, Rule("idle", "100") with { Actions = [] }, Rule("header", "100") with { Headers = new Dictionary<string, string> { ["a b"] = "" } },
            ],
            Groups = [new GroupBody { Name = "empty" }, new GroupBody { Name = "odd", Members = ["100"], Strategy = "sometimes" }],
            Calendars = [new CalendarBody { Name = "moon", TimeZone = "Moon/Crater" }, new CalendarBody { Name = "day", Open = [new HoursBody { Days = ["Caturday"] }] }],
        });
        Assert.Null(table);
        Assert.Equal(
            ["rules[a b]", "rules[twice]", "rules[pattern].numbers", "rules[nowhere].actions[0]", "rules[calendar].calendar", "rules[idle].actions", "rules[header].headers", "groups[empty]", "groups[odd]", "calendars[moon]", "calendars[day]"],
            problems.Select(problem => problem.Where).OrderBy(where => where[0] == 'r' ? 0 : where[0] == 'g' ? 1 : 2));
        Assert.All(problems, problem => Assert.True(problem.IsFatal));
    }

    [Theory]
    [InlineData("_X.", "100", true)]
    [InlineData("range:100-199", "150", true)]
    [InlineData("100", "_X.", false)]
    public void A_rule_that_no_call_reaches_is_named_but_saved(string first, string second, bool hidden)
    {
        var (table, problems) = RoutingCompiler.Compile(new RoutingDocument { Rules = [Rule("first", "extension:101", first), Rule("second", "extension:102", second)] });
        Assert.NotNull(table);
        Assert.Equal(hidden ? ["rules[second]"] : [], problems.Select(problem => problem.Where));
    }

    // With a condition before it a rule may be reached after all.
    [Fact]
    public void A_rule_behind_a_condition_is_reached()
    {
        var (_, problems) = RoutingCompiler.Compile(new RoutingDocument { Rules = [Rule("first", "101") with { Callers = ["103"] }, Rule("second", "102", "100")] });
        Assert.Empty(problems);
    }

    [Fact]
    public void Rules_that_always_lead_back_are_refused()
    {
        var (table, problems) = RoutingCompiler.Compile(new RoutingDocument { Rules = [Rule("there", "200", "100"), Rule("back", "100", "200")] });
        Assert.Null(table);
        Assert.Contains("rule there → rule back → rule there", problems[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_that_always_lead_back_are_refused()
    {
        var (table, problems) = RoutingCompiler.Compile(new RoutingDocument
        {
            Groups = [new GroupBody { Name = "a", Members = ["100"], Otherwise = "group:b" }, new GroupBody { Name = "b", Members = ["101"], Otherwise = "group:a" }],
        });
        Assert.Null(table);
        Assert.Contains("group a → group b → group a", problems[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_that_are_not_there_are_named()
    {
        var (table, problems) = RoutingCompiler.Compile(
            new RoutingDocument { Rules = [Rule("one", "extension:199"), Rule("two", "group:none", "5")] }, destination => destination is not Destination.Extension { Digits: "199" });
        Assert.Null(table);
        Assert.Equal([("rules[one].actions[0].to", false), ("rules[two].actions[0].to", true)], problems.Where(p => p.Where.EndsWith(".to", StringComparison.Ordinal)).Select(p => (p.Where, p.IsFatal)));
    }

    [Theory]
    [InlineData("2026-12-25T12:00:00Z", CalendarState.Holiday)] // a Friday
    [InlineData("2026-12-28T12:00:00Z", CalendarState.Holiday)] // the office is shut till the new year
    [InlineData("2027-01-04T09:00:00Z", CalendarState.Open)]
    [InlineData("2027-01-04T08:59:00Z", CalendarState.Closed)]
    [InlineData("2027-06-30T08:00:00Z", CalendarState.Open)] // 9:00 of British summer time
    [InlineData("2027-01-02T12:00:00Z", CalendarState.Closed)] // a Saturday
    [InlineData("2030-12-25T12:00:00Z", CalendarState.Holiday)] // every year
    public void A_calendar_knows_zones_days_and_holidays(string at, object state)
    {
        var (calendar, problem) = Calendar.Read(new CalendarBody
        {
            Name = "office",
            TimeZone = "Europe/London",
            Open = [new HoursBody { Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], From = "09:00", To = "17:00" }],
            Holidays = [new HolidayBody { Date = "12-25", Name = "Christmas" }, new HolidayBody { Date = "2026-12-24", Until = "2026-12-31" }],
        });
        Assert.Equal("", problem);
        Assert.Equal((CalendarState)state, calendar!.At(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), out _, out _));
    }

    [Theory]
    [InlineData("Friday", "22:00", "06:00", "2026-11-20T23:00:00", true)] // a Friday
    [InlineData("Friday", "22:00", "06:00", "2026-11-21T05:59:00", true)] // the morning after
    [InlineData("Friday", "22:00", "06:00", "2026-11-20T05:59:00", false)] // of Thursday's night
    [InlineData("Friday", "09:00", "24:00", "2026-11-20T23:59:00", true)]
    public void Hours_may_go_past_midnight(string day, string from, string to, string at, bool has)
    {
        var (hours, _) = WeekHours.Read(new HoursBody { Days = [day], From = from, To = to });
        Assert.Equal(has, hours!.Has(DateTime.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static RuleBody Rule(string id, string to, params string[] numbers) =>
        new() { Id = id, Numbers = numbers.Length > 0 ? numbers : null, Actions = [new ActionBody { To = to }] };
}
