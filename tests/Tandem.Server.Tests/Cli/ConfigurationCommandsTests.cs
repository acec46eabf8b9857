using Tandem.Storage;

namespace Tandem.Server.Cli;

public sealed class ConfigurationCommandsTests : IDisposable
{
    private const string Office = """
        routing:
          rules:
            - id: front
              numbers: ["500"]
              actions: [{ to: "extension:104" }]
        extensions:
          "104": { maxCalls: 1 }
          "105": { maxCalls: 2 }
        """;

    private readonly CliRun _cli = new();

    public ConfigurationCommandsTests()
    {
        Directory.CreateDirectory(_cli.Folder.At("data"));
        File.WriteAllText(_cli.Folder.At("office.yaml"), Office);
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task What_is_applied_is_exported_and_applying_it_again_changes_nothing()
    {
        await AddExtensionsAsync();
        Assert.Equal(0, await ApplyAsync("--dry-run"));
        Assert.Equal(0, await _cli.RunAsync("export"));
        Assert.DoesNotContain("front", _cli.Output, StringComparison.Ordinal);

        Assert.Equal(0, await ApplyAsync());
        Assert.Equal(0, await _cli.RunAsync("export"));
        Assert.Contains("front", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("maxCalls: 2", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await ApplyAsync());
        Assert.Equal("Nothing changes.", _cli.Output.Trim());
    }

    [Fact]
    public async Task When_it_breaks_off_in_the_middle_nothing_is_changed_and_running_it_again_does_all()
    {
        await AddExtensionsAsync();
        await ExecuteAsync("CREATE TRIGGER no_more BEFORE INSERT ON extension_features WHEN NEW.number = '105' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
        Assert.Equal(1, await ApplyAsync());
        Assert.Contains("nothing was changed", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("the disk is full", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("export"));
        Assert.DoesNotContain("front", _cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("maxCalls", _cli.Output, StringComparison.Ordinal);

        await ExecuteAsync("DROP TRIGGER no_more");
        Assert.Equal(0, await ApplyAsync());
        Assert.Equal(0, await _cli.RunAsync("export"));
        Assert.Contains("front", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("maxCalls: 2", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extension_that_is_not_there_refuses_the_whole_file()
    {
        Assert.Equal(0, await _cli.RunAsync("extensions", "add", "104"));
        Assert.Equal(1, await ApplyAsync());
        Assert.Contains("extensions[105]: there is no such extension", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("export"));
        Assert.DoesNotContain("front", _cli.Output, StringComparison.Ordinal);
    }

    private Task<int> ApplyAsync(params string[] more) => _cli.RunAsync(["apply", _cli.Folder.At("office.yaml"), .. more]);

    private async Task AddExtensionsAsync()
    {
        Assert.Equal(0, await _cli.RunAsync("extensions", "add", "104"));
        Assert.Equal(0, await _cli.RunAsync("extensions", "add", "105"));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var storage = TandemStorage.Open(new StorageOptions { DataDirectory = _cli.Folder.At("data") });
        await using var connection = await storage.Database.ConnectAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is the test's own
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
