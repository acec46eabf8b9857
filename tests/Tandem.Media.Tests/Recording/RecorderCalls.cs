using Tandem.Media.Recording;

namespace Tandem.Media.Tests.Recording;

/// <summary>The beginning and the end of a recording that tests make.</summary>
internal static class RecorderCalls
{
    public static Recorder Start(RecordingEngine engine, RecordingRequest request)
    {
        var recorder = engine.TryStart(request, out var problem);
        Assert.Equal("", problem);
        return recorder!;
    }

    public static async Task<RecordingSummary> StopAsync(Recorder recorder)
    {
        recorder.Stop();
        return await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
