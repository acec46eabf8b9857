using Tandem.Testing.Audio;

namespace Tandem.Server.Cli;

public sealed class PromptsCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_prompt_is_added_listed_and_removed()
    {
        Directory.CreateDirectory(_cli.Folder.At("data"));
        WavFile.Tone(440, TimeSpan.FromSeconds(1.5)).Write(_cli.Folder.At("a.wav"));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("prompts", "add", "welcome", _cli.Folder.At("a.wav")));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("prompts", "list"));
        Assert.Equal("NAME     SECONDS  KIND\nwelcome  1.5      WAV, 16-bit PCM\n", _cli.Output);
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("prompts", "list", "--json"));
        Assert.Contains("\"bytes\":24044", _cli.Output.Replace(" ", ""));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("prompts", "remove", "welcome"));
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("prompts", "remove", "welcome"));
        Assert.Equal("tandem: there is no prompt welcome\n", _cli.Error);
    }

    [Fact]
    public async Task The_built_in_ones_are_listed()
    {
        Directory.CreateDirectory(_cli.Folder.At("data"));
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("prompts", "list", "--built-in"));
        Assert.Contains("\nwelcome", _cli.Output);
    }

    [Theory]
    [InlineData("welcome", "absent.wav", "cannot be read")]
    [InlineData("../escape", "a.wav", "the name is not accepted")]
    [InlineData("welcome", "junk.wav", "neither WAV nor Ogg/Opus")]
    public async Task What_cannot_be_added_is_named(string name, string file, string reason)
    {
        Directory.CreateDirectory(_cli.Folder.At("data"));
        WavFile.Tone(440, TimeSpan.FromSeconds(1)).Write(_cli.Folder.At("a.wav"));
        _cli.Folder.Write("junk.wav", "no sound");
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("prompts", "add", name, _cli.Folder.At(file)));
        Assert.Contains(reason, _cli.Error);
        Assert.Equal([], Directory.GetFiles(_cli.Folder.At("data"), "*", SearchOption.AllDirectories).Where(path => path.Contains("prompts", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_data_folder_nothing_is_created()
    {
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("prompts", "list"));
        Assert.Contains("is not there", _cli.Error);
        Assert.False(Directory.Exists(_cli.Folder.At("data")));
    }
}
