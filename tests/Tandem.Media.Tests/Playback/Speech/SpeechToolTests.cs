namespace Tandem.Media.Playback.Speech;

public sealed class SpeechToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-tool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Flite_goes_first_and_either_will_do()
    {
        Assert.Null(SpeechTool.Find("auto", _folder, out var error));
        Assert.Contains("install the package", error);
        File.WriteAllText(Path.Combine(_folder, "espeak-ng"), "");
        Assert.Equal("espeak-ng", SpeechTool.Find("auto", "/nowhere::relative:" + _folder, out _)!.Name);
        File.WriteAllText(Path.Combine(_folder, "flite"), "");
        Assert.Equal(new SpeechTool(Path.Combine(_folder, "flite"), true), SpeechTool.Find("auto", _folder, out error));
        Assert.Empty(error);
        Assert.Equal("espeak-ng", SpeechTool.Find("espeak-ng", _folder, out _)!.Name);
    }

    [Fact]
    public void A_path_must_lead_to_one_of_the_two()
    {
        var flite = Path.Combine(_folder, "flite");
        Assert.Null(SpeechTool.Find(flite, "", out var error));
        Assert.EndsWith("does not exist", error);
        File.WriteAllText(flite, "");
        Assert.Equal(flite, SpeechTool.Find(flite, "", out _)!.Path);
        foreach (var other in new[] { "/bin/sh", "relative/flite", "" })
        {
            Assert.Null(SpeechTool.Find(other, "/bin:/usr/bin", out error));
            Assert.Contains("neither", error);
        }

        Assert.Null(SpeechTool.Find("none", _folder, out error));
        Assert.Contains("turned off", error);
    }
}
