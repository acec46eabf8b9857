using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage;
using Tandem.Storage.Administration;

namespace Tandem.Server.Cli;

public sealed class ExtensionsCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Without_an_exchange_in_the_folder_nothing_is_created()
    {
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("extensions", "list"));
        Assert.Equal($"tandem: DATA_DIR={_cli.Folder.At("data")} is not there: start the server once, or name the folder with --data-dir\n", _cli.Error);
        Assert.False(Directory.Exists(_cli.Folder.At("data")));
    }

    [Fact]
    public async Task List_shows_secrets_only_when_asked()
    {
        await SeedAsync();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "list"));
        Assert.Equal("NUMBER  STATE    NAME\n100     enabled\n101     enabled\n", _cli.Output);

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "list", "--secrets"));
        Assert.Equal("NUMBER  SECRET  STATE    NAME\n100     first   enabled\n101     first   enabled\n", _cli.Output);
    }

    [Fact]
    public async Task List_as_JSON()
    {
        await SeedAsync();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "list", "--json"));
        Assert.DoesNotContain("secret", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(["100", "101"], JsonDocument.Parse(_cli.Output).RootElement.EnumerateArray().Select(e => e.GetProperty("number").GetString()));

        await _cli.RunAsync("extensions", "list", "--json", "--secrets");
        Assert.Equal("first", JsonDocument.Parse(_cli.Output).RootElement[0].GetProperty("secret").GetString());
    }

    [Fact]
    public async Task Add_prints_a_random_secret()
    {
        await SeedAsync();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "add", "105", "--name", "Front desk"));
        Assert.Matches("^105  [2-9A-Za-z]{24}\n$", _cli.Output);

        await _cli.RunAsync("extensions", "list");
        Assert.Contains("105     enabled  Front desk\n", _cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tandem: 100 exists already\n", "", "add", "100")]
    [InlineData("tandem: 99 is not accepted: a number from EXT_MIN=100 to EXT_MAX=110; others cannot register\n", "", "add", "99")]
    [InlineData("tandem: 1\\u000A0 is not accepted: a number from EXT_MIN=100 to EXT_MAX=110; others cannot register\n", "", "add", "1\n0")]
    [InlineData("tandem: the secret on standard input is not accepted: one line of 1 to 128 characters\n", "\n", "add", "105", "--secret-stdin")]
    [InlineData("tandem: there is no extension 109\n", "", "reset-secret", "109")]
    [InlineData("tandem: there is no extension 109\n", "", "remove", "109")]
    [InlineData("tandem: there is no extension 109\n", "", "set", "109", "--enabled", "false")]
    [InlineData("tandem: --algorithms SHA-1 is not accepted: MD5, SHA-256, both separated by a comma, or default\n", "", "set", "100", "--algorithms", "SHA-1")]
    [InlineData("tandem: --srtp 1 is not accepted: never, offered, required, dtls, or default\n", "", "set", "100", "--srtp", "1")]
    [InlineData("tandem: --codecs opus,;rm is not accepted: SDP names separated by commas (opus, G722, PCMU, PCMA, G729, GSM, L16), or default\n", "", "set", "100", "--enabled", "false", "--codecs", "opus,;rm")]
    public async Task What_cannot_be_done_is_one_line(string error, string input, params string[] arguments)
    {
        await SeedAsync();
        _cli.Input = input;

        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync(["extensions", .. arguments]));
        Assert.Equal(error, _cli.Error);
        Assert.Equal("", _cli.Output);
    }

    [Fact]
    public async Task A_secret_is_reset_to_a_random_one_or_to_what_is_typed()
    {
        await SeedAsync();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "reset-secret", "100"));
        Assert.Matches("^100  [2-9A-Za-z]{24}\n$", _cli.Output);

        _cli.Input = "typed secret\n";
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "reset-secret", "100", "--secret-stdin", "--json"));
        Assert.Equal("typed secret", JsonDocument.Parse(_cli.Output).RootElement.GetProperty("secret").GetString());
    }

    [Fact]
    public async Task Set_changes_state_and_algorithms_and_remove_removes()
    {
        await SeedAsync();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "set", "100", "--enabled", "false", "--algorithms", "sha-256"));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "remove", "101"));

        await _cli.RunAsync("extensions", "list");
        Assert.Equal("NUMBER  STATE             NAME\n100     disabled SHA-256\n", _cli.Output);
    }

    [Fact]
    public async Task Set_changes_what_the_media_is_like_and_default_takes_it_back()
    {
        await SeedAsync();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "set", "100", "--srtp", "Required", "--codecs", "opus, PCMA", "--recorded", "true"));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "set", "101", "--srtp", "never"));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "set", "101", "--srtp", "default", "--codecs", "default", "--recorded", "false"));

        await _cli.RunAsync("extensions", "list");
        Assert.Equal("NUMBER  STATE                                            NAME\n100     enabled srtp=required codecs=opus,PCMA recorded\n101     enabled\n", _cli.Output);
    }

    [Fact]
    public async Task A_password_is_reset()
    {
        await SeedAsync();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("admin", "reset-password"));
        Assert.Matches("^admin  [2-9A-Za-z]{24}\n$", _cli.Output);
        Assert.Equal(SignInResult.Accepted, await SignInAsync(_cli.Output.Trim().Split(' ')[^1]));

        _cli.Input = "short\n";
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("admin", "reset-password", "--password-stdin"));
        Assert.Equal("tandem: the password on standard input is not accepted: one line of 8 to 128 characters\n", _cli.Error);
    }

    [Fact]
    public async Task A_token_is_made_listed_and_revoked()
    {
        await SeedAsync();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("token", "add", "billing", "--days", "30"));
        var text = _cli.Output.Trim();

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("token", "list"));
        Assert.DoesNotContain(text, _cli.Output, StringComparison.Ordinal);
        Assert.Contains("billing", _cli.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("token", "revoke", "billing"));
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("token", "revoke", "billing"));
        Assert.Equal("tandem: there is no token billing\n", _cli.Error);
    }

    private StorageOptions Options => new() { DataDirectory = _cli.Folder.At("data") };

    private async Task SeedAsync()
    {
        await using var storage = TandemStorage.Open(Options);
        await storage.Extensions.EnsureRangeAsync(TenantId.Default, 100, 101, new Secret("first"));
    }

    private async Task<SignInResult> SignInAsync(string password)
    {
        await using var storage = TandemStorage.Open(Options);
        return await storage.Users.SignInAsync(TenantId.Default, UserRepository.FirstUser, password);
    }
}
