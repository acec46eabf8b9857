namespace Tandem.Media.Recording;

/// <summary>Room for one frame and for what its rate is changed to; all recordings of an engine share it, since one thread writes them in turn.</summary>
internal sealed class RecordingScratch
{
    // 8 kHz to 48 kHz is the greatest stretch, and a resampler may give a few samples more.
    private const int MaxStretch = 7;

    public short[] A { get; } = new short[RecordingTrack.ScratchSamples];

    public short[] B { get; } = new short[RecordingTrack.ScratchSamples];

    public short[] ChangedA { get; } = new short[RecordingTrack.ScratchSamples * MaxStretch];

    public short[] ChangedB { get; } = new short[RecordingTrack.ScratchSamples * MaxStretch];
}
