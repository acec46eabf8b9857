using Tandem.Calls.Tenants;
using Tandem.Storage;

namespace Tandem.Server.Cli;

public sealed class ProfilesKeyCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_key_of_the_passwords_is_changed_and_the_new_file_named()
    {
        await using (TandemStorage.Open(new StorageOptions { DataDirectory = _cli.Folder.At("data") }))
        {
        }

        _cli.Input = "correct horse\n";
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("profiles", "add", "carrier", "--server", "sip.provider.test", "--user", "ada", "--password-stdin"));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("profiles", "rotate-key"));
        Assert.StartsWith($"1 profiles are sealed anew with {KeyFile(2)}, 0 were already.\nBack the new file up now", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("profiles", "rotate-key"));
        Assert.StartsWith($"1 profiles are sealed anew with {KeyFile(3)}, 0 were already.\n{KeyFile(2)} is removed.\n", _cli.Output, StringComparison.Ordinal);
        Assert.Equal((false, true), (File.Exists(KeyFile(2)), File.Exists(KeyFile(3))));
        await using var storage = TandemStorage.Open(new StorageOptions { DataDirectory = _cli.Folder.At("data") });
        Assert.Equal("correct horse", (await storage.Profiles.FindAsync(TenantId.Default, "carrier"))!.Password.Reveal());
    }

    private string KeyFile(int number) => Path.Combine(_cli.Folder.At("data"), "keys", $"profiles-{number}.key");
}
