using Tandem.Calls.Tenants;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Testing.Audio;

namespace Tandem.Server.Cli;

/// <summary>Commands of one tenant: it must be there, the others see nothing of it, and what was done is in its audit log.</summary>
public sealed class TenantOptionTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("extensions list")]
    [InlineData("token list")]
    [InlineData("profiles list")]
    [InlineData("profiles show carrier")]
    [InlineData("profiles add carrier --server sip.provider.test")]
    [InlineData("profiles set carrier --port 5070")]
    [InlineData("profiles remove carrier")]
    [InlineData("rooms list")]
    [InlineData("rooms set 800 --title Sales")]
    [InlineData("rooms remove 800")]
    [InlineData("toll show")]
    [InlineData("toll allow DE")]
    [InlineData("toll forbid DE")]
    [InlineData("toll lift")]
    [InlineData("toll prices prices.csv")]
    [InlineData("prompts list")]
    [InlineData("prompts add welcome a.wav")]
    [InlineData("prompts remove welcome")]
    public async Task A_tenant_that_is_not_there_is_said(string command)
    {
        Directory.CreateDirectory(_cli.Folder.At("data"));
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync([.. command.Split(' '), "--tenant", "nobody"]));
        Assert.Equal("tandem: there is no tenant nobody\n", _cli.Error);
    }

    [Fact]
    public async Task A_name_that_no_tenant_can_have_touches_no_file()
    {
        Directory.CreateDirectory(_cli.Folder.At("data"));
        WavFile.Tone(440, TimeSpan.FromSeconds(1)).Write(_cli.Folder.At("a.wav"));
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("prompts", "add", "welcome", _cli.Folder.At("a.wav"), "--tenant", "../x"));
        Assert.Equal("tandem: there is no tenant ../x\n", _cli.Error);
        Assert.Equal(["a.wav"], Directory.GetFiles(_cli.Folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_was_done_belongs_to_the_tenant_and_is_in_its_audit_log()
    {
        Directory.CreateDirectory(_cli.Folder.At("data"));
        WavFile.Tone(440, TimeSpan.FromSeconds(1)).Write(_cli.Folder.At("a.wav"));
        _cli.Folder.Write("prices.csv", "4420,0.012,60\n");
        await DoneAsync("tenants", "add", "acme");
        _cli.Input = "correct horse\n";
        await DoneAsync("profiles", "add", "carrier", "--server", "sip.provider.test", "--user", "ada", "--password-stdin", "--tenant", "acme");
        await DoneAsync("profiles", "set", "carrier", "--port", "5070", "--tenant", "acme");
        await DoneAsync("toll", "allow", "DE", "--tenant", "acme");
        await DoneAsync("toll", "prices", _cli.Folder.At("prices.csv"), "--tenant", "acme", "--profile", "carrier");
        await DoneAsync("toll", "lift", "--tenant", "acme");
        await DoneAsync("prompts", "add", "welcome", _cli.Folder.At("a.wav"), "--tenant", "acme");
        await DoneAsync("recordings", "rotate-key");

        // Nothing of it is the default tenant's.
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("profiles", "show", "carrier"));
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("prompts", "remove", "welcome"));
        await DoneAsync("toll", "show");
        Assert.Contains("allowed            home\n", _cli.Output, StringComparison.Ordinal);
        await DoneAsync("toll", "show", "--tenant", "acme");
        Assert.Contains("allowed            home DE\n", _cli.Output, StringComparison.Ordinal);

        await DoneAsync("prompts", "remove", "welcome", "--tenant", "acme");
        await DoneAsync("profiles", "remove", "carrier", "--tenant", "acme");
        await using var storage = TandemStorage.Open(new StorageOptions { DataDirectory = _cli.Folder.At("data") });
        var log = await LogAsync(storage, "acme");
        Assert.Equal(
            ["tenant.create", "profile.create", "profile.change", "toll.rules", "toll.prices", "toll.lift", "prompt.save", "prompt.remove", "profile.remove"],
            log.Select(entry => entry.Action));
        Assert.All(log, entry => Assert.Equal(("command", Environment.UserName), (entry.ActorKind, entry.Actor)));
        Assert.DoesNotContain(log, entry => entry.Detail.Contains("horse", StringComparison.Ordinal));
        Assert.Equal(["recording-key.rotate"], (await LogAsync(storage, "default")).Select(entry => entry.Action));
    }

    [Fact]
    public async Task The_sounds_of_a_tenant_go_with_it()
    {
        Directory.CreateDirectory(_cli.Folder.At("data"));
        WavFile.Tone(440, TimeSpan.FromSeconds(1)).Write(_cli.Folder.At("a.wav"));
        await DoneAsync("tenants", "add", "acme");
        await DoneAsync("prompts", "add", "welcome", _cli.Folder.At("a.wav"), "--tenant", "acme");
        await DoneAsync("prompts", "add", "welcome", _cli.Folder.At("a.wav"));
        await DoneAsync("tenants", "remove", "acme");
        Assert.Equal(["default"], Directory.GetDirectories(_cli.Folder.At("data/prompts")).Select(Path.GetFileName));
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("prompts", "list", "--tenant", "acme"));
    }

    private async Task DoneAsync(params string[] arguments) => Assert.Equal((ExitCodes.Done, ""), (await _cli.RunAsync(arguments), _cli.Error));

    // Oldest first.
    private static async Task<List<AuditEntry>> LogAsync(TandemStorage storage, string tenant) =>
        [.. (await storage.Audit.ListAsync(new TenantId(tenant), new AuditFilter(null, null, null, null, null, null, 100), TestContext.Current.CancellationToken)).Reverse()];
}
