using System.Text.Json;
using Tandem.Storage;

namespace Tandem.Server.Cli;

public sealed class ProfilesCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_profile_is_added_shown_changed_and_removed()
    {
        await using (TandemStorage.Open(new StorageOptions { DataDirectory = _cli.Folder.At("data") }))
        {
        }

        _cli.Input = "correct horse\n";
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("profiles", "add", "carrier", "--server", "sip.provider.test", "--user", "ada", "--password-stdin", "--country", "49"));
        var id = _cli.Output.Trim();
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("profiles", "list"));
        Assert.Equal($"NAME     ID            SERVER             USER  STATE\ncarrier  {id}  sip.provider.test  ada   enabled\n", _cli.Output);

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("profiles", "set", "carrier", "--transport", "tls", "--inbound-cert", "required", "--prefixes", "192.0.2.0/24, 198.51.100.0/24"));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("profiles", "show", id));
        var shown = JsonDocument.Parse(_cli.Output).RootElement;
        Assert.Equal("tls", shown.GetProperty("transport").GetString());
        Assert.Equal("required", shown.GetProperty("inboundCertificate").GetString());
        Assert.Equal(2, shown.GetProperty("prefixes").GetArrayLength());
        Assert.DoesNotContain("horse", _cli.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("profiles", "set", "carrier", "--port", "70000"));
        Assert.Equal("tandem: port: 0 to 65535; 0 for what the name of the server says\n", _cli.Error);
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("profiles", "set", "nobody", "--port", "1"));
        Assert.Equal("tandem: there is no SIP profile nobody\n", _cli.Error);
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("profiles", "remove", "carrier"));
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("profiles", "remove", "carrier"));
    }
}
