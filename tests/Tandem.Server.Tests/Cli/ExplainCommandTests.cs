namespace Tandem.Server.Cli;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public ExplainCommandTests() => Directory.CreateDirectory(_cli.Folder.At("data"));

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task It_says_what_follows_when_nobody_takes_the_call()
    {
        Assert.Equal(0, await _cli.RunAsync("extensions", "add", "104"));
        Assert.Equal(0, await _cli.RunAsync("extensions", "add", "105"));
        Assert.Equal(0, await _cli.RunAsync("extensions", "features", "105", "--forward-busy", "voicemail:105", "--forward-unreachable", "api:desk"));
        Assert.Equal(0, await _cli.RunAsync("explain", "104", "105"));
        Assert.Contains("extension 105 forwards (Busy) to voicemail:105", _cli.Output, StringComparison.Ordinal);
        var (busy, away) = (_cli.Output.IndexOf("when busy:", StringComparison.Ordinal), _cli.Output.IndexOf("when it cannot be reached:", StringComparison.Ordinal));
        Assert.True(0 < busy && busy < away, _cli.Output);
        Assert.Contains("voicemail:105: the exchange answers: Voicemail", _cli.Output[busy..away], StringComparison.Ordinal);
        Assert.Contains("api:desk: waits for the program desk, 20 s (sent on by 105)", _cli.Output[away..], StringComparison.Ordinal);
    }

    // The hour that is asked for decides, not that of the question.
    [Fact]
    public async Task A_rule_is_looked_at_as_of_the_time_that_is_given()
    {
        File.WriteAllText(_cli.Folder.At("office.yaml"), """
            routing:
              rules:
                - id: night
                  numbers: ["500"]
                  hours: [{ days: [Saturday], from: "00:00", to: "24:00" }]
                  timeZone: Etc/UTC
                  actions: [{ to: "reject:480" }]
            """);
        Assert.Equal(0, await _cli.RunAsync("apply", _cli.Folder.At("office.yaml")));
        Assert.Equal(0, await _cli.RunAsync("explain", "104", "500", "--at", "2026-11-21T12:00:00Z"));
        Assert.Contains("rule night fits", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("480 Refused by a rule", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("explain", "104", "500", "--at", "2026-11-22T12:00:00Z"));
        Assert.Contains("rule night does not", _cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("480 Refused", _cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500", "yesterday", "--at yesterday is no time")]
    [InlineData("nowhere:1", "2026-11-21T12:00:00Z", "TO: accepted are a number")]
    public async Task What_cannot_be_asked_is_refused(string to, string at, string text)
    {
        Assert.Equal(1, await _cli.RunAsync("explain", "104", to, "--at", at));
        Assert.Contains(text, _cli.Error, StringComparison.Ordinal);
        Assert.Equal("", _cli.Output);
    }
}
