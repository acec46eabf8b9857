using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage;

namespace Tandem.Server.Cli;

public sealed class RecordingsCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_master_key_is_changed_and_the_new_file_named()
    {
        await MakeKeyAsync(null);
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("recordings", "rotate-key"));
        Assert.Equal(
            $"1 keys are wrapped anew with {KeyFile(2)}, 0 were already.\n{KeyFile(1)} is removed.\nBack the new file up now: without it the recordings cannot be read.\n",
            _cli.Output);
        Assert.Equal((true, false), (File.Exists(KeyFile(2)), File.Exists(KeyFile(1))));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("recordings", "rotate-key"));
        Assert.True(File.Exists(KeyFile(3)));
    }

    [Fact]
    public async Task A_key_of_the_environment_needs_the_one_before()
    {
        var (first, second) = (new string('1', 64), new string('2', 64));
        await MakeKeyAsync(first);
        _cli.Environment["RECORDING_MASTER_KEY"] = second;
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("recordings", "rotate-key"));
        Assert.Equal("tandem: 1 keys are of a master key that is not at hand, and were left as they are: RECORDING_MASTER_KEY_OLD takes it\n", _cli.Error);
        Assert.DoesNotContain(second, _cli.Output + _cli.Error);

        _cli.Environment["RECORDING_MASTER_KEY_OLD"] = first;
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("recordings", "rotate-key"));
        Assert.Equal("1 keys are wrapped anew with RECORDING_MASTER_KEY, 0 were already.\n", _cli.Output);
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("recordings", "rotate-key"));
        Assert.Contains("For another key set RECORDING_MASTER_KEY", _cli.Output);

        _cli.Environment["RECORDING_MASTER_KEY_OLD"] = "short";
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("recordings", "rotate-key"));
        Assert.Contains("RECORDING_MASTER_KEY_OLD", _cli.Error);
    }

    private string KeyFile(int number) => Path.Combine(_cli.Folder.At("data"), "keys", $"recordings-{number}.key");

    private async Task MakeKeyAsync(string? master)
    {
        var options = new StorageOptions { DataDirectory = _cli.Folder.At("data"), RecordingMasterKey = master is null ? null : new Secret(master) };
        await using var storage = TandemStorage.Open(options);
        await storage.RecordingKeys.EnsureAsync(TenantId.Default);
    }
}
