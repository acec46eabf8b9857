using Tandem.Calls.Ports;
using Tandem.Media.Audio;
using Tandem.Media.Mixing;
using Tandem.Media.Recording;

namespace Tandem.Calls.Media;

/// <summary>A recording of a mix of the media engine.</summary>
internal sealed class MixRecording(MediaMix mix, Recorder recorder, TapId tap) : IMediaRecording
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
        mix.Untap(tap);
    }
}
