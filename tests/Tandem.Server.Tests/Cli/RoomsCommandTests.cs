namespace Tandem.Server.Cli;

public sealed class RoomsCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public RoomsCommandTests() => Directory.CreateDirectory(_cli.Folder.At("data"));

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Rooms_are_kept_listed_changed_and_removed()
    {
        _cli.Input = "4711\n2222\n";
        Assert.Equal(0, await _cli.RunAsync("rooms", "set", "800", "--title", "Sales", "--pin", "moderator", "--pin", "listener", "--open", "none", "--end-with-moderator", "true"));
        Assert.DoesNotContain("4711", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("PINs listener moderator;", _cli.Output, StringComparison.Ordinal);
        _cli.Input = "3333\n";
        Assert.Equal(0, await _cli.RunAsync("rooms", "set", "800", "--pin", "participant", "--no-pin", "listener"));
        Assert.Equal(0, await _cli.RunAsync("rooms", "list"));
        Assert.Contains("Sales", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("PINs participant moderator; open for nobody; ends with the moderator", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("rooms", "remove", "800"));
        Assert.Equal(0, await _cli.RunAsync("rooms", "list"));
        Assert.Equal("", _cli.Output);
        Assert.NotEqual(0, await _cli.RunAsync("rooms", "remove", "800"));
    }

    [Theory]
    [InlineData("--pin", "moderator", "the PIN of moderator", "12\n")]
    [InlineData("--pin", "moderator", "the PIN of moderator on standard input is not accepted")]
    [InlineData("--pin", "moderator", "the PIN of moderator on standard input is not accepted", "\n4711\n")]
    [InlineData("--pin", "moderator=4711", "--pin: a role is expected", "4711\n")]
    [InlineData("--pin", "king", "--pin: a role is expected", "4711\n")]
    [InlineData("--no-pin", "king", "--no-pin: a role is expected")]
    [InlineData("--open", "king", "--open: none")]
    [InlineData("--open", "none", "open: nobody could come in")]
    public async Task What_cannot_be_is_refused(string option, string value, string text, string input = "")
    {
        _cli.Input = input;
        Assert.NotEqual(0, await _cli.RunAsync("rooms", "set", "800", option, value));
        Assert.Contains(text, _cli.Error, StringComparison.Ordinal);
        await _cli.RunAsync("rooms", "list");
        Assert.Equal("", _cli.Output);
    }
}
