using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;

namespace Tandem.Server.Cli;

public class TenantFileTests
{
    private static readonly TenantFile Office = new()
    {
        Routing = new RoutingDocument
        {
            Numbering = new NumberingBody { CountryCode = "44", NationalPrefix = "" },
            Rules =
            [
                new RuleBody { Id = "day", Enabled = false, Numbers = ["500", "_0Z."], Calendar = "office", Headers = new Dictionary<string, string> { ["X-Ward"] = "7" }, Actions = [new ActionBody { To = "group:sales", RingSeconds = 10 }, new ActionBody { To = "trunk:{number}", Strip = 1, Profiles = new Dictionary<string, int> { ["main"] = 3 } }] },
            ],
            Groups = [new GroupBody { Name = "sales", Members = ["101", "102"], SkipBusy = false, Otherwise = "extension:103" }],
            Calendars = [new CalendarBody { Name = "office", TimeZone = "Europe/London", Open = [new HoursBody { Days = ["Monday"], From = "09:00", To = "17:30" }], Holidays = [new HolidayBody { Date = "12-25" }] }],
        },
        Extensions = { ["102"] = new ExtensionFeatures { DoNotDisturb = true }, ["101"] = new ExtensionFeatures { ForwardBusy = "0102", FollowMe = [new FollowMeBody { To = "103" }] } },
    };

    [Fact]
    public void What_is_written_is_read_as_it_was()
    {
        var text = Office.Write();
        var (file, problem) = TenantFile.Read(text);
        Assert.Equal("", problem);
        Assert.Equal(text, file!.Write());
        Assert.Equal((false, "500", "", 3, false, "0102"), (
            file.Routing.Rules[0].Enabled, file.Routing.Rules[0].Numbers![0], file.Routing.Numbering!.NationalPrefix, file.Routing.Rules[0].Actions[1].Profiles!["main"],
            file.Routing.Groups[0].SkipBusy, file.Extensions["101"].ForwardBusy));
    }

    // People write numbers without quotes.
    [Fact]
    public void Numbers_need_no_quotes()
    {
        var (file, problem) = TenantFile.Read("routing:\n  rules:\n  - id: front\n    numbers: [500, 0044]\n    actions:\n    - to: 101\n");
        Assert.Equal("", problem);
        Assert.Equal(["500", "0044"], file!.Routing.Rules[0].Numbers);
        Assert.Equal("101", file.Routing.Rules[0].Actions[0].To);
    }

    [Theory]
    [InlineData("routing:\n  rulez: []\n")]
    [InlineData("routing: [1, 2\n")]
    [InlineData("extensions:\n  101:\n    ringSeconds: 9999\n")]
    [InlineData("extensions:\n  101:\n")]
    [InlineData("a: &a [1]\nb: *a\n")]
    public void What_cannot_be_understood_is_named(string text)
    {
        var (file, problem) = TenantFile.Read(text);
        Assert.Null(file);
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void A_difference_shows_what_goes_and_what_comes_at_its_place() => Assert.Equal(
        ["  b", "- c", "+ C", "  e", "+ f"], TenantFile.Difference("a\nb\nc\nd\ne\ng", "a\nb\nC\nd\ne\nf\ng"));

    [Fact]
    public void The_same_text_has_no_difference() => Assert.Empty(TenantFile.Difference("a\nb", "a\nb"));
}
