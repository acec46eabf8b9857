using Tandem.Calls.Ports;
using Tandem.Media;
using Tandem.Media.Audio;
using Tandem.Media.Recording;

namespace Tandem.Calls.Media;

/// <summary>A recording of a session of the media engine.</summary>
internal sealed class EngineRecording(MediaSession session, Recorder recorder, TapId tap) : IMediaRecording
{
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
        session.Audio.Untap(tap);
    }
}
