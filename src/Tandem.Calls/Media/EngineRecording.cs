using Tandem.Calls.Ports;
using Tandem.Media.Recording;

namespace Tandem.Calls.Media;

/// <summary>A recording of a session or of a mix of the media engine.</summary>
/// <param name="recorder">What writes it.</param>
/// <param name="untap">Takes the recorder off what it hears.</param>
internal sealed class EngineRecording(Recorder recorder, Action untap) : IMediaRecording
{
    /// <summary>A recording that has begun.</summary>
    /// <param name="recorder">What writes it.</param>
    /// <param name="untap">Takes the recorder off what it hears.</param>
    /// <param name="ended">Called once, on any thread, when it is over, with its name and the reason.</param>
    public static EngineRecording Begin(Recorder recorder, Action untap, Action<string, string> ended)
    {
        var recording = new EngineRecording(recorder, untap);
        _ = recording.FollowAsync(ended);
        return recording;
    }

    public string Id => recorder.Id;

    public bool IsPaused
    {
        get => recorder.IsPaused;
        set => recorder.IsPaused = value;
    }

    public bool IsMasked
    {
        get => recorder.IsMasked;
        set => recorder.IsMasked = value;
    }

    public void Stop()
    {
        recorder.Stop();
        untap();
    }

    private async Task FollowAsync(Action<string, string> ended)
    {
        var summary = await recorder.Completion.ConfigureAwait(false);
        Stop(); // a recorder that ended by itself is still tapped
        ended(summary.Id, summary.Error.Length > 0 ? summary.Error : summary.Reason.ToString());
    }
}
