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
}
