using Tandem.Media.Recording;
using Tandem.Media.Tests.Audio;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Recording;

/// <summary>Two who speak at once in a recorded call: each channel is what one of them said, both at the same time, relayed or transcoded.</summary>
public sealed class SpokenRecordingTests : IDisposable
{
    private const int Milliseconds = Speaker.SettleMilliseconds + 6000;

    private readonly RecordingFolder _folder = new();
    private readonly RecordingEngine _engine = new(new RecordingOptions { PollInterval = TimeSpan.FromMilliseconds(2) });

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("PCMA", "PCMA", true, 1.2, 0)]
    [InlineData("G722", "G722", true, 1.2, 0)]
    [InlineData("PCMU", "G722", false, 1.2, 0)]
    [InlineData("opus", "PCMA", false, 2.4, 2)]
    [InlineData("GSM", "G729", false, 3.5, 2)]
    public async Task Speech_is_recorded_as_it_was_said(string lefts, string rights, bool canRelay, double distance, int clicks)
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Speaker.Format(lefts), 440) { Speaks = false }, new TestPhone(Speaker.Format(rights), 440) { Speaks = false });
        var session = rig.Call(a, b, canRelay);
        var recorder = _engine.TryStart(_folder.Request(), out var problem)!;
        Assert.Equal("", problem);
        session.Tap(null, recorder);

        using var left = new Speaker(a, Speaker.Format(lefts), Rate(lefts), Milliseconds, seed: 3);
        using var right = new Speaker(b, Speaker.Format(rights), Rate(rights), Milliseconds, seed: 8);
        while (left.Say(rig.Now) && right.Say(rig.Now))
        {
            Assert.True(SpinWait.SpinUntil(() => recorder.Ring.Free > 32768, TimeSpan.FromSeconds(60)));
            rig.Run(20);
        }

        recorder.Stop();
        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal((TimeSpan.FromMilliseconds(Milliseconds), TimeSpan.Zero), (summary.Duration, summary.Dropped));

        var wav = _folder.Fetch();
        var bounds = new SoundBounds(distance, TimeSpan.FromMilliseconds(100), clicks);
        var (first, second) = (Speaker.Compare(left.Said, RecordingFolder.Channel(wav, 0)), Speaker.Compare(right.Said, RecordingFolder.Channel(wav, 1)));
        bounds.Check(first, $"{lefts} on the left");
        bounds.Check(second, $"{rights} on the right");
        Assert.InRange((first.Delay - second.Delay).TotalMilliseconds, -40, 40);
    }

    private static int Rate(string name) => Math.Min(16000, Speaker.Format(name).Format.SampleRate);
}
