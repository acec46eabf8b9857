namespace Tandem.Server.Cli;

public sealed class ExtensionFeaturesCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public ExtensionFeaturesCommandTests() => Directory.CreateDirectory(_cli.Folder.At("data"));

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task What_is_given_is_set_and_the_rest_stays()
    {
        Assert.Equal(0, await _cli.RunAsync("extensions", "add", "104"));
        Assert.Equal(0, await _cli.RunAsync("extensions", "features", "104"));
        Assert.Equal("nothing is set", _cli.Output.Trim());
        Assert.Equal(0, await _cli.RunAsync("extensions", "features", "104", "--forward-busy", "voicemail:104", "--follow-me", "102:15,queue:sales", "--do-not-disturb", "true", "--call-waiting", "false", "--allowed-destinations", "_1XX,prefix:+44"));
        Assert.Equal(0, await _cli.RunAsync("extensions", "features", "104", "--do-not-disturb", "false", "--max-calls", "2"));
        Assert.Equal(
            ["forward when busy: voicemail:104", "follow me: 102 for 15 s, queue:sales for 20 s", "call waiting: no", "calls at once: 2", "may dial: _1XX, prefix:+44"],
            Lines());
        Assert.Equal(0, await _cli.RunAsync("extensions", "features", "104", "--forward-busy", "none", "--follow-me", "none", "--call-waiting", "default", "--allowed-destinations", "all"));
        Assert.Equal(["calls at once: 2"], Lines());
        Assert.Equal(0, await _cli.RunAsync("extensions", "features", "104", "--clear", "--pickup-group", "sales", "--json"));
        Assert.Contains("\"pickupGroup\": \"sales\"", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("extensions", "features", "104"));
        Assert.Equal(["pickup group: sales"], Lines());
    }

    [Theory]
    [InlineData("--forward-always", "nowhere:1", "forwardAlways: accepted are")]
    [InlineData("--ring-seconds", "601", "ringSeconds: 0 to 600")]
    [InlineData("--call-waiting", "perhaps", "--call-waiting: true, false or default")]
    [InlineData("--allowed-destinations", "_Q", "allowedDestinations:")]
    [InlineData("--follow-me", "102:900", "followMe: ringSeconds of 1 to 600")]
    public async Task What_cannot_be_is_refused_and_nothing_changes(string option, string value, string text)
    {
        Assert.Equal(0, await _cli.RunAsync("extensions", "add", "104"));
        Assert.Equal(1, await _cli.RunAsync("extensions", "features", "104", option, value));
        Assert.Contains(text, _cli.Error, StringComparison.Ordinal);
        await _cli.RunAsync("extensions", "features", "104");
        Assert.Equal("nothing is set", _cli.Output.Trim());
    }

    [Fact]
    public async Task Nobody_has_none()
    {
        Assert.Equal(1, await _cli.RunAsync("extensions", "features", "199", "--do-not-disturb", "true"));
        Assert.Contains("199", _cli.Error, StringComparison.Ordinal);
    }

    private string[] Lines() => _cli.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
