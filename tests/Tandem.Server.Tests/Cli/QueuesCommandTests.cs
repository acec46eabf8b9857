namespace Tandem.Server.Cli;

public sealed class QueuesCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public QueuesCommandTests() => Directory.CreateDirectory(_cli.Folder.At("data"));

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("700", "queue sales")]
    [InlineData("104", "extension 104")]
    [InlineData("*43", "a feature code of the installation")]
    [InlineData("911", "calls for help (alwaysAllowed of the toll guard)")]
    public async Task A_number_that_leads_somewhere_else_is_refused(string number, string holder)
    {
        Assert.Equal(0, await _cli.RunAsync("extensions", "add", "104"));
        Assert.Equal(0, await _cli.RunAsync("queues", "set", "sales", "--number", "700"));
        Assert.Equal(1, await _cli.RunAsync("queues", "set", "support", "--number", number));
        Assert.Contains($"The number {number} is taken by {holder}", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("queues", "set", "support", "--number", "105"));
        Assert.Equal(1, await _cli.RunAsync("extensions", "add", "105"));
        Assert.Contains("The number 105 is taken by queue support", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("queues", "set", "sales", "--number", "700"));
    }
}
