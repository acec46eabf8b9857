using System.Runtime.CompilerServices;
using Tandem.Media.Playback.Reading;

namespace Tandem.Media.Playback.Prompts;

public sealed class BuiltInPromptsTests
{
    [Fact]
    public void Every_line_of_the_list_is_a_prompt_and_there_is_no_other()
    {
        var listed = File.ReadAllLines(List()).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t')[0]).Order(StringComparer.Ordinal).ToList();
        Assert.True(listed.Count > 250);
        Assert.Equal(listed, BuiltInPrompts.Of("en"));
        Assert.All(listed, name => Assert.True(SoundName.IsValid(name)));
        Assert.Equal(["en"], BuiltInPrompts.Languages);
    }

    [Fact]
    public void Every_prompt_has_speech_of_one_level_and_little_silence_around_it()
    {
        foreach (var name in BuiltInPrompts.Of("en"))
        {
            Assert.True(SoundFile.TryOpen(BuiltInPrompts.Open("en", name)!, new PlaybackOptions(), null, out var reader, out var error), error);
            Assert.Equal("WAV, G.711 µ-law", reader!.Info.Kind);
            Assert.Equal(8_000, reader.SampleRate);
            var samples = Sounds.All(reader);
            var seconds = samples.Length / 8_000.0;
            Assert.True(seconds is > 0.15 and < 12, $"{name}: {seconds} s");
            var peak = samples.Max(sample => Math.Abs((int)sample));
            Assert.True(peak is > 16_000 and < 32_000, $"{name}: peak {peak}");
            var loud = Math.Sqrt(samples.Average(sample => (double)sample * sample));
            Assert.True(loud is > 1_500 and < 10_000, $"{name}: level {loud}");
            var first = Array.FindIndex(samples, sample => Math.Abs((int)sample) > 300) / 8_000.0;
            var last = Array.FindLastIndex(samples, sample => Math.Abs((int)sample) > 300) / 8_000.0;
            Assert.True(first < 0.2 && seconds - last < 0.25, $"{name}: silence of {first} s before and {seconds - last} s after");
        }
    }

    [Fact]
    public void They_stay_small()
    {
        long bytes = 0;
        foreach (var name in BuiltInPrompts.Of("en"))
        {
            using var stream = BuiltInPrompts.Open("en", name)!;
            bytes += stream.Length;
        }

        Assert.True(bytes < 2_000_000, $"{bytes}");
    }

    [Fact]
    public void What_is_not_there_is_not_opened()
    {
        Assert.Null(BuiltInPrompts.Open("en", "nothing"));
        Assert.Null(BuiltInPrompts.Open("de", "welcome"));
        Assert.Empty(BuiltInPrompts.Of("de"));
    }

    private static string List([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "assets", "prompts", "en.txt"));
}
