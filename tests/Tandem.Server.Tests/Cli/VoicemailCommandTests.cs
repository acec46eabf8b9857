using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage;

namespace Tandem.Server.Cli;

public sealed class VoicemailCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public VoicemailCommandTests() => Directory.CreateDirectory(_cli.Folder.At("data"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cli.Dispose();

    // A pipe that breaks must not open a box.
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("1111\n")]
    [InlineData("24x8\n")]
    public async Task A_pin_goes_by_order_alone_and_not_by_input_that_fails(string input)
    {
        await using (var storage = Open())
            await storage.Extensions.AddAsync(TenantId.Default, "100", new Secret("plain-to-see"), cancellation: Cancellation);

        _cli.Input = "2468\n";
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("voicemail", "pin", "100"));
        var set = await PinAsync();
        Assert.NotEqual("", set);

        _cli.Input = input;
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("voicemail", "pin", "100"));
        Assert.Contains("the PIN on standard input is not accepted", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(set, await PinAsync());

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("voicemail", "pin", "100", "--none"));
        Assert.Equal("", await PinAsync());
    }

    private TandemStorage Open() => TandemStorage.Open(new StorageOptions { DataDirectory = _cli.Folder.At("data") });

    private async Task<string> PinAsync()
    {
        await using var storage = Open();
        return (await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation)).PinHash;
    }
}
