using Tandem.Media.Playback;
using Tandem.Server.Options;

namespace Tandem.Server.Hosting;

public sealed class StartupChecksTests
{
    // A server would fail on these in the middle of its start.
    [Fact]
    public void Media_and_sounds_that_cannot_work_are_named_before_the_start()
    {
        var options = new TandemOptions();
        Assert.Null(StartupChecks.MediaProblem(options));
        Assert.Contains("ToneLevel", StartupChecks.MediaProblem(options with { Playback = new PlaybackOptions { ToneLevel = 5 } }));
        Assert.Contains("RingSamples", StartupChecks.MediaProblem(options with { Media = options.Media with { Recording = options.Media.Recording with { RingSamples = 10_000 } } }));
        Assert.Contains(StartupChecks.Run(options with { Playback = new PlaybackOptions { MaxSequence = 0 } }), problem => problem.Contains("MaxSequence", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(100, 110, "")]
    [InlineData(100, 111, "")]
    [InlineData(100, 112, "112")]
    [InlineData(900, 920, "911")]
    [InlineData(1000, 1999, "")]
    public void A_range_of_extensions_that_holds_a_number_of_help_is_warned_of(int first, int last, string code)
    {
        var options = new TandemOptions();
        options = options with { Calls = options.Calls with { FirstExtension = first, LastExtension = last } };
        var warnings = StartupChecks.Warnings(options).Where(warning => warning.StartsWith("EXT_MIN..EXT_MAX holds", StringComparison.Ordinal)).ToList();
        Assert.Equal(code.Length == 0 ? [] : [$"EXT_MIN..EXT_MAX holds {code}: who dials it gets help and not that extension; choose a range without it"], warnings);
    }
}
